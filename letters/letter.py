"""The shape of everything that is said to one person, whichever door carries it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from community.calendar import Calendar
from community.people import Reader
from community.tokens import Right, Tokens
from texts import Language, language_of, say

if TYPE_CHECKING:
    from letters.contents import Contents

Style = Literal["primary", "danger"]


@dataclass(frozen=True, kw_only=True)
class Button:
    """One thing the reader can do at once: a button in Slack, a link in a mail."""

    label: str
    #: `noun.verb`, a key of `letters.actions.ACTIONS`.
    action: str
    object_id: int
    style: Style | None = None
    #: What stands in the inputs of its page, where the reader has named it already.
    filled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A calendar entry for one person (iTIP, RFC 5546)."""

    method: Literal["REQUEST", "CANCEL"]
    #: One per event for life.
    uid: str
    #: Rises with every change.
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    description: str
    organizer_name: str
    organizer_address: str
    attendee_name: str
    attendee_address: str
    stamped_at: datetime


@dataclass(frozen=True, kw_only=True)
class Menu:
    """A choice of one of many, made with one press where a door has menus."""

    #: An action of the bot; the buttons beside it lead mail and pages to the same.
    action: str
    label: str
    #: Value and words.
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One of several things in a letter."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    #: Untrusted plain text.
    quote: str | None = None
    buttons: tuple[Button, ...] = ()
    #: In Slack in the place of the buttons.
    menu: Menu | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is said to one person, in that person's language."""

    language: Language
    subject: str
    paragraphs: tuple[str, ...] = ()
    #: Label and value: When, Where, Who.
    facts: tuple[tuple[str, str], ...] = ()
    #: Untrusted plain text, such as the beginning of a post.
    quote: str | None = None
    #: A digest's posts; only mail carries them.
    contents: "Contents | None" = None
    buttons: tuple[Button, ...] = ()
    #: What is less usual: behind ⋯ in Slack, on the page, and not in a mail.
    more: tuple[Button, ...] = ()
    #: Several things with their own words and buttons.
    items: tuple["Item", ...] = ()
    #: Why it came.
    why: str
    #: How to make it stop.
    stop: Button | None = None
    invitation: Invitation | None = None
    #: Where it goes instead of the reader's own address.
    to_address: str | None = None
    #: A mail that goes along as it came; only mail carries it.
    attached: bytes | None = None
    #: Whose address an answer by mail goes to, where a person stands behind the letter.
    reply_to: str | None = None
    #: Where a mail that cannot be delivered comes back to; nowhere (the null sender) for most.
    returns_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class House:
    """The installation that speaks: its name, its addresses, its calendar, its key."""

    name: str
    public_url: str
    domain: str
    calendar: Calendar
    tokens: Tokens

    def local(self, moment: datetime) -> datetime:
        """Return a moment on the house's own wall clock."""
        return self.calendar.local(moment)

    def link(self, button: Button, to: Reader) -> str:
        """Return the address of the page on which this reader can do what the button says."""
        right = Right(button.action, button.object_id, to.person_id)
        noun, _, verb = button.action.partition(".")
        filled = f"?{urlencode(button.filled)}" if button.filled else ""
        return f"{self.public_url}/{plural(noun)}/{self.tokens.link(right)}/{verb}{filled}"

    def uid(self, noun: str, object_id: int) -> str:
        """Return the UID of a calendar entry."""
        return f"{noun}-{object_id}@{self.domain}"

    def probe_address(self, suppression_id: int) -> str:
        """Return the address to which a mail comes back that asks whether an address works."""
        return f"bounces+{self.tokens.stamp('probe', suppression_id)}@{self.domain}"

    def return_address(self, notice_id: int) -> str:
        """Return the address to which a digest comes back that does not reach its reader."""
        return f"bounces+{self.tokens.stamp('letter', notice_id)}@{self.domain}"

    def confirm_address(self, request_id: int) -> str:
        """Return the address at which a yes by mail is taken for a question to join."""
        return f"confirm+{self.tokens.stamp('confirm', request_id)}@{self.domain}"

    def docket_address(self, docket_id: int) -> str:
        """Return the address at which a moderator's answer to a docket decides."""
        return f"reply+{self.tokens.stamp('docket', docket_id)}@{self.domain}"

    def join_address(self, notice_id: int) -> str:
        """Return the address at which a moderator's answer to a letter decides who joins."""
        return f"reply+{self.tokens.stamp('join', notice_id)}@{self.domain}"

    def fate_url(self, post_id: int) -> str:
        """Return the page that says what became of a post, and why."""
        return f"{self.public_url}/posts/{post_id}/fate"

    def reply_address(self, person_id: int) -> str:
        """Return the address at which this person's calendar answers."""
        return f"reply+{self.tokens.stamp('reply', person_id)}@{self.domain}"


def plural(noun: str) -> str:
    """Return a noun as it stands in paths: `meetups`, `addresses`."""
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def singular(nouns: str) -> str:
    """Return the noun of a path; whatever else is given comes back as something that is none."""
    return nouns.removesuffix("es" if nouns.endswith("sses") else "s")


def language(to: Reader) -> Language:
    """Return the reader's language."""
    return language_of(to.language)


def named(tongue: Language, subject: str) -> str:
    """Return a subject as it is told, also of what has none."""
    return subject.strip() or say(tongue, "(no subject)")
