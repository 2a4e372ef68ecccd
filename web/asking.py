"""One question from a browser: who asks, in which language, and how we answer."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Concatenate, ParamSpec, TypeVar

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from community import receipts
from community.people import INSIDE, Reader, coordinates
from community.sessions import Visit
from community.store import Session
from community.threads import moderates
from texts import LANGUAGES, Language, language_of
from texts.templates import render
from web.site import Site

P = ParamSpec("P")
T = TypeVar("T")

LANGUAGE_COOKIE = "language"
YEAR_SECONDS = 365 * 24 * 3600
MOST_FIELDS = 60
KEY_BYTES = 12
#: Of what a browser sends back as such a key.
LONGEST_KEY = 100
#: Of the number of a thing.
MOST_DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request, with all that a page wants to know of it."""

    site: Site
    request: Request
    now: datetime
    language: Language
    visit: Visit | None
    form: Mapping[str, str]

    @property
    def me(self) -> Reader:
        """Return who asks; only pages that need a sign-in call this."""
        assert self.visit is not None  # noqa: S101 - the page table sees to it
        return self.visit.reader

    @property
    def is_inside(self) -> bool:
        """Say whether who asks is of the community, and no guest or alumnus."""
        return self.visit is not None and not self.visit.reader.roles.isdisjoint(INSIDE)

    @property
    def path(self) -> Mapping[str, str]:
        """Return the parts of the address."""
        return {name: str(value) for name, value in self.request.path_params.items()}

    @property
    def network(self) -> str:
        """Return the network that asks."""
        return network_of(self.request.client.host if self.request.client else "")

    def number(self, name: str) -> int:
        """Return a whole number from the query; 1 when it is none."""
        value = self.request.query_params.get(name, "1")
        is_number = value.isascii() and value.isdigit() and len(value) < 7
        return max(1, int(value)) if is_number else 1

    def thing(self, name: str = "number") -> int:
        """Return the number of a thing from the address; no page where none can have it."""
        digits = self.path[name]
        if len(digits) > MOST_DIGITS:
            raise HTTPException(404)
        return int(digits)

    def speaking(self, language: str) -> "Ask":
        """Return the same question in somebody's language, unless another was asked for."""
        if self.request.query_params.get("language") in LANGUAGES:
            return self
        return replace(self, language=language_of(language))

    async def read(
        self, question: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Answer one question from the store."""
        return await self.site.store.read(question, *args, **kwargs)

    async def run(
        self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one act; Busy when it is not written down in good time."""
        return await self.site.run(act, *args, **kwargs)

    async def run_once(
        self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Run the act of a form that makes something; None when this form was sent before.

        People press twice, and browsers send again what they have sent.
        """
        form_key = self.form.get("form_key", "")[:LONGEST_KEY] or secrets.token_urlsafe()
        key = f"web:{self.me.person_id}:{form_key}"
        try:
            return await self.run(receipts.act_once, key, act, *args, **kwargs)
        except receipts.Repeated:
            return None

    def page(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Show a template in the reader's language."""
        me = self.visit.reader if self.visit else None
        html = render(
            self.site.templates,
            template,
            self.language,
            me=me,
            sees_held=me is not None and moderates(me),
            is_inside=self.is_inside,
            administers=me is not None and "admin" in me.roles,
            coordinates=me is not None and coordinates(me),
            form_token=self.visit.form_token if self.visit else "",
            form_key=secrets.token_urlsafe(KEY_BYTES),
            here=self.request.url.path,
            this_page=self._this_page(),
            now=self.now,
            done=self.request.query_params.get("done", ""),
            switch=self._switches(),
            **values,
        )
        answer = HTMLResponse(html, status, headers={"Content-Language": self.language})
        if me is not None:
            # With `no-referrer` browsers send our own forms with `Origin: null` (Fetch §3.1.2).
            answer.headers["Referrer-Policy"] = "same-origin"
        chosen = self.request.query_params.get("language")
        if chosen in LANGUAGES and self.visit is None:
            self.site.keep(answer, LANGUAGE_COOKIE, chosen, seconds=YEAR_SECONDS)
        return answer

    def go(self, path: str) -> Response:
        """Send the browser to another of our pages, by GET."""
        return RedirectResponse(path, 303)

    def _this_page(self) -> str:
        """Return the page that is open with all that was asked of it, to come back to."""
        url = self.request.url.remove_query_params("done")
        return f"{url.path}?{url.query}" if url.query else url.path

    def _switches(self) -> dict[str, str]:
        """Say where this page is in each of the languages."""
        url = self.request.url
        return {
            language: "?" + url.include_query_params(language=language).query
            for language in LANGUAGES
        }


def network_of(host: str) -> str:
    """Return the network of an address: of IPv6 the half that a household or machine has alone."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    # A socket for both kinds writes IPv4 so (RFC 4291 §2.5.5.2): the half would be everybody's.
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def language_for(request: Request, visit: Visit | None, default: Language) -> Language:
    """Choose a language: asked for, the reader's own, chosen before, or what the browser says."""
    asked = request.query_params.get("language")
    if asked in LANGUAGES:
        return language_of(asked)
    if visit is not None:
        return language_of(visit.reader.language)
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return language_of(chosen)
    return accepted(request.headers.get("accept-language", ""), default)


def accepted(header: str, default: Language) -> Language:
    """Return the language of ours that Accept-Language likes best (RFC 9110 §12.5.4)."""
    wishes = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=") if rest else "1"
        try:
            wishes.append((-float(weight), place, tag))
        except ValueError:
            continue
    for minus_weight, _, tag in sorted(wishes):
        primary = tag.partition("-")[0].strip().lower()
        if minus_weight < 0 and primary in ("en", "nb", "no", "nn", "da", "sv"):
            return language_of(primary)
    return default


async def filled(request: Request) -> dict[str, str]:
    """Read the fields of a form; files and repeated fields are nobody's business here.

    Raises: HTTPException for what no browser sends: a zero, which PostgreSQL cannot keep.
    """
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        fields = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
    if any("\0" in each for each in (*fields, *fields.values())):
        raise HTTPException(400)
    return fields


def safe_path(path: str | None, default: str = "/") -> str:
    """Return a path on our own pages, or the default: never another site."""
    if path is None or not path.startswith("/") or path.startswith(("//", "/\\")):
        return default
    return default if any(ord(letter) < 33 or letter == "\\" for letter in path) else path
