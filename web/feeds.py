"""The feed of a list: where one opens it, and what news readers get (Atom, RFC 4287)."""

import re
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from starlette.responses import Response

from community import feeds
from community.feeds import FeedIssue
from community.threads import list_read_by
from web import prose
from web.asking import Ask
from web.site import Site

MEDIA_TYPE: Final = "application/atom+xml"
#: What XML 1.0 cannot say, even escaped (§2.2).
_UNSAYABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


async def show(ask: Ask) -> Response:
    """Show whether one has a feed of this list, and what it is."""
    return await _page(ask, key="")


async def choose(ask: Ask) -> Response:
    """Open a feed, or close it."""
    list_id = (await ask.read(list_read_by, ask.path["address"], ask.me)).id
    if ask.form.get("verb") == "close":
        await ask.run(feeds.close, list_id, by=ask.me.person_id, now=ask.now)
        return await _page(ask, key="")
    key = await ask.run(feeds.open_one, list_id, by=ask.me.person_id, now=ask.now)
    return await _page(ask, key=key)


async def read(ask: Ask) -> Response:
    """Give a news reader what the feed shows now."""
    key = ask.path["key"]
    issue = await ask.read(feeds.read, key)
    return Response(atom(issue, _url(ask, key), ask.site), media_type=MEDIA_TYPE)


def atom(issue: FeedIssue, url: str, site: Site) -> str:
    """Write the feed at this address; whatever stands in a mail is text here, and only text."""
    home = site.house.public_url
    page = f"{home}/lists/{issue.list_address}"
    newest = max((item.at for item in issue.items), default=issue.opened_at)
    entries = [
        "<entry>"
        f"<id>{_xml(f'{home}/posts/{item.post_id}')}</id>"
        f"<title>{_xml(item.subject)}</title>"
        f"<author><name>{_xml(item.author)}</name></author>"
        f"<updated>{_moment(item.at)}</updated>"
        f'<link href="{_xml(f"{home}/posts/{item.post_id}")}"/>'
        f"<summary>{_xml(item.text)}</summary>"
        "</entry>"
        for item in issue.items
    ]
    head = (
        f"<id>{_xml(page)}</id><title>{_xml(issue.list_address)}</title>"
        f'<updated>{_moment(newest)}</updated><link href="{_xml(page)}"/>'
        f'<link rel="self" type="{MEDIA_TYPE}" href="{_xml(url)}"/>'
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"{head}{''.join(entries)}</feed>\n"
    )


async def _page(ask: Ask, *, key: str) -> Response:
    list_id = (await ask.read(list_read_by, ask.path["address"], ask.me)).id
    since = await ask.read(feeds.opened_at, list_id, ask.me.person_id)
    return ask.page(
        "feed.html",
        address=ask.path["address"],
        since=since,
        url=_url(ask, key) if key else "",
    )


def _url(ask: Ask, key: str) -> str:
    return f"{ask.site.house.public_url}/feeds/{key}"


def _xml(text: str) -> str:
    return escape(_UNSAYABLE.sub("", prose.plain(text)), {'"': "&quot;"})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
