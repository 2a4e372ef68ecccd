"""A mail as the mail door hands it over, and what was said of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from community import posts, repeats
from community.attachments import Attached
from community.cases import Proof, Verdict


@dataclass(frozen=True, kw_only=True)
class Received:
    """What the mail door read from one mail; valid by construction."""

    raw: bytes
    sender: str
    message_id: str
    fingerprint: str
    subject: str
    from_name: str
    from_addresses: tuple[str, ...]
    #: Message-IDs that it answers, nearest first.
    answers: tuple[str, ...]
    text: str
    is_automatic: bool
    list_ids: tuple[str, ...]
    is_unreadable: bool
    #: Why, as an `Unreadable` says it.
    unreadable: str = ""
    proof: Proof = Proof.UNKNOWN
    #: The domain that vouches for it, or objects; empty if none does.
    proof_domain: str = ""
    #: What was found, as `method=result` words.
    authentication: str = ""
    #: Of To and Cc, lower case.
    to_addresses: tuple[str, ...] = ()
    #: The subject that it had, where it answers a post in a digest and was called after that.
    came_as: str | None = None
    #: It answers a digest, and nobody can tell which of its posts.
    is_lost: bool = False
    attachments: tuple[Attached, ...] = ()
    #: By which door it came.
    door: str = posts.BY_MAIL
    #: Of the address that it came to: it goes to people of these and related ones. Empty: to all.
    fields: tuple[str, ...] = ()
    #: In which it is probably written: for an answer to somebody whom nobody here knows.
    language: str = "en"

    @cached_property
    def said(self) -> str | None:
        """Return what mails have alike that say the same."""
        return repeats.said(self.text)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A mail and what becomes of it; nothing of it is kept yet."""

    mail: Received
    verdict: Verdict
    list_id: int
    #: The thread of the post that it answers; None: it begins one.
    thread_id: int | None
    author_id: int | None
    #: What the post keeps of how it was judged.
    judgement: dict[str, Any]
    #: Until when it waits for a moderator.
    deadline_at: datetime | None
    #: The fields to whose people it goes, as codes with blanks between; empty: to all.
    fields: str = ""
    #: Whose post it thanks for, if it does nothing else.
    thanked_id: int | None = None
