"""What every page needs: the store, the house, the clock, the templates, and the cookies' names."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from starlette.responses import Response

from community.attachments import Attachment
from community.clock import Clock
from community.directory import Named
from community.errors import Fact, Refusal
from community.fields import FIELDS
from community.store import Session, Store
from letters import attachments
from letters.actions import ACTIONS
from letters.letter import House
from texts import LANGUAGES, Language, local, say
from texts.templates import environment
from web import prose
from web.words import AUDIENCES, DONE

P = ParamSpec("P")
T = TypeVar("T")

#: Takes the attachment of a number out of a mail's bytes; None if it is not there.
Extract = Callable[[bytes, int], Awaitable[bytes | None]]

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Busy(Exception):
    """The database takes too long to answer; whether it is done will be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.refusal = Refusal(
            "This takes longer than usual. It may still be done: look again in a minute before you "
            "repeat it."
        )


@dataclass(frozen=True, kw_only=True)
class Site:
    """One installation's pages."""

    store: Store
    house: House
    clock: Clock
    templates: Environment
    default_language: Language
    #: Takes attachments out of mails; without it none are given out.
    extract: Extract | None = None
    #: A press that cannot be written down for this long is not said to be done (M2).
    patience_seconds: float = 2.5

    async def run(
        self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one act; Busy when it is not written down in good time.

        The act goes on meanwhile and is then done or not; it is never cut in two.
        """
        running = asyncio.ensure_future(self.store.run(act, *args, **kwargs))
        done, _ = await asyncio.wait({running}, timeout=self.patience_seconds)
        if not done:
            running.add_done_callback(_seen)
            raise Busy
        return running.result()

    def origins(self, host: str) -> frozenset[str]:
        """Return what browsers of our pages send as Origin, asked under the name `host`."""
        parts = urlsplit(self.house.public_url)
        ours = frozenset({f"{parts.scheme}://{parts.netloc}"})
        return ours | {f"http://{host}"} if hostname(host) in LOOPBACK else ours

    @property
    def is_secure(self) -> bool:
        """Say whether people reach us by https only."""
        return self.house.public_url.startswith("https:")

    @property
    def hosts(self) -> frozenset[str]:
        """Return the host names under which pages are given out."""
        return LOOPBACK | {hostname(urlsplit(self.house.public_url).netloc)}

    @property
    def session_cookie(self) -> str:
        """Name the cookie of who is signed in; `__Host-` binds it to this host and to https."""
        return "__Host-samband" if self.is_secure else "samband"

    def keep(self, answer: Response, cookie: str, value: str, *, seconds: int) -> None:
        """Have the browser keep a cookie of ours, which no script and no other site gets."""
        answer.set_cookie(
            cookie, value, max_age=seconds, secure=self.is_secure, httponly=True, samesite="lax"
        )


def _seen(running: "asyncio.Future[T]") -> None:
    """Take note of what became of an act that nobody waits for any longer."""
    if not running.cancelled():
        running.exception()


def hostname(netloc: str) -> str:
    """Return a host without its port, in lower case."""
    host = netloc.lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def templates(house: House) -> Environment:
    """Return the templates of the pages, with what every one of them may call."""
    made = environment(TEMPLATES)
    style = hashlib.sha256((STATIC / "samband.css").read_bytes()).hexdigest()[:12]

    @pass_context
    def _say(context: Context, message: str, /, **facts: Fact) -> str:
        return say(_language(context), message, **local(facts, house.calendar.zone))

    @pass_context
    def _file_name(context: Context, attachment: Attachment) -> str:
        return prose.plain(attachments.name(_language(context), attachment))

    @pass_context
    def _file_size(context: Context, attachment: Attachment) -> str:
        return attachments.size(_language(context), attachment.size_bytes)

    @pass_context
    def _audience_options(context: Context) -> list[tuple[str, str]]:
        return [(each, say(_language(context), words)) for each, words in AUDIENCES.items()]

    @pass_context
    def _field_options(context: Context) -> list[tuple[str, str]]:
        return [(code, field.name(_language(context))) for code, field in FIELDS.items()]

    made.globals.update(
        say=_say,
        audience_options=_audience_options,
        field_options=_field_options,
        people_options=_people_options,
        done_words=DONE,
        house=house,
        file_name=_file_name,
        file_size=_file_size,
        local=house.local,
        actions=ACTIONS,
        languages=LANGUAGES,
        style=style,
        blocks=prose.blocks,
        pieces=prose.pieces,
    )
    made.filters["plain"] = prose.plain
    return made


def _people_options(people: Iterable[Named]) -> list[tuple[int, str]]:
    return [(each.person_id, prose.plain(each.name)) for each in people]


def _language(context: Context) -> Language:
    return "nb" if context.get("language") == "nb" else "en"
