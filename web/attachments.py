"""Gives out what came with a post: always to be saved, never to be run or shown by us."""

import re
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from community import threads
from web import prose
from web.asking import Ask

#: What is given out under its own type; browsers do nothing with these but save or draw them.
#: All else is just bytes: what a mail calls text/html is run nowhere (threat 13).
_TYPES: Final = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/calendar",
        "text/csv",
        "text/plain",
    }
)
_OCTETS: Final = "application/octet-stream"
#: What no file system takes, or takes for something else.
_UNSAFE: Final = re.compile(r'[<>:"/\\|?*%\x00-\x1f\u2028\u2029]+')
MOST_SIGNS: Final = 150


async def give(ask: Ask) -> Response:
    """Give an attachment to be saved."""
    post_id, number = ask.thing(), ask.thing("place")
    asked = await ask.read(threads.attachment, post_id, number, reader=ask.me)
    content = None
    if ask.site.extract is not None:
        content = await ask.site.extract(asked.raw, number)
    if content is None:
        raise HTTPException(404)
    kind = asked.attachment.content_type
    return Response(
        content,
        headers={
            "Content-Type": kind if kind in _TYPES else _OCTETS,
            "Content-Disposition": disposition(asked.attachment.name, number),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def disposition(name: str, number: int) -> str:
    """Return the header that has a browser save a file under a safe name (RFC 6266 §4)."""
    safe = file_name(name, number)
    plain = re.sub(r"[^A-Za-z0-9 ._()+-]", "_", safe)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def file_name(name: str, number: int) -> str:
    """Return a name that is one file in one folder and looks like what it is (threats 17, 33)."""
    clean = _UNSAFE.sub("_", prose.plain(name).replace("\n", " ")).strip(". ")
    stem, dot, ending = clean.rpartition(".")
    if dot and len(ending) <= 10:
        clean = f"{stem[: MOST_SIGNS - 11]}.{ending}"
    return clean[:MOST_SIGNS] or f"attachment-{number}"
