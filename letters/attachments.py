"""How attachments are called: a name that is safe to show, and a size that people can read."""

import re
from collections.abc import Iterable
from typing import Final

from community.attachments import Attachment
from texts import Language, number, say

#: So many are named in a letter; the page has all.
MOST: Final = 5
#: Pictures of signatures, as Outlook calls them, and signatures: nobody asks for these.
_LOGO: Final = re.compile(r"image\d{3}\.(?:png|jpe?g|gif)", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"application/(?:pgp-signature|(?:x-)?pkcs7-signature)")
_STEP: Final = 1000


def size(language: Language, size_bytes: int) -> str:
    """Return a size: `640 bytes`, `12 kB`, `1.2 MB`."""
    if size_bytes < _STEP:
        return say(language, "{count} bytes", count=size_bytes)
    if size_bytes < _STEP * _STEP:
        return f"{number(language, round(size_bytes / _STEP))} kB"
    whole, tenth = divmod(round(size_bytes / (_STEP * _STEP / 10)), 10)
    comma = "," if language == "nb" else "."
    return f"{number(language, whole)}{comma}{tenth} MB"


def name(language: Language, each: Attachment) -> str:
    """Return what an attachment is called; of one without a name, which one it is."""
    return each.name or say(language, "Attachment {number}", number=each.number)


def named(language: Language, attachments: Iterable[Attachment]) -> str:
    """Return the names of some attachments with their sizes, for a line of a letter."""
    every = [f"{name(language, each)} ({size(language, each.size_bytes)})" for each in attachments]
    more = [f"+ {len(every) - MOST}"] if len(every) > MOST else []
    return ", ".join([*every[:MOST], *more])


def worth_naming(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Leave out what programs add by themselves."""
    return tuple(
        each
        for each in attachments
        if not (_LOGO.fullmatch(each.name) or _SIGNATURE.fullmatch(each.content_type))
    )
