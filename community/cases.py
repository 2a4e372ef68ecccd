"""What the posting rules look at, and what they say: facts in, a Verdict out. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from community.policies import Policy


class Decision(StrEnum):
    """What becomes of a post: by a rule, by a moderator, or by the end of a hold."""

    ACCEPT = "accept"
    HOLD = "hold"
    DIGEST = "digest"
    RETURN = "return"
    DISCARD = "discard"
    REJECT = "reject"
    QUARANTINE = "quarantine"


class Proof(StrEnum):
    """Whether a mail comes from the domain in its From, as far as we or our mail server know."""

    PASS = "pass"  # noqa: S105 - no password
    #: The domain says how its mail is known (DMARC), and this is none of it.
    FAIL = "fail"
    #: It was looked at, and nothing speaks for it or against it.
    NONE = "none"
    #: Nobody has looked.
    UNKNOWN = "unknown"


class Trust(StrEnum):
    """What moderators have decided about the posts of one person on one list."""

    #: Nothing: as everybody.
    USUAL = "usual"
    #: First posts do not wait.
    TRUSTED = "trusted"
    #: Every post waits for a moderator.
    HOLD = "hold"
    #: No post is taken; the person goes on reading.
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True)
class PostFacts:
    """What the rules look at in the post itself."""

    is_unreadable: bool
    #: It carries this list's own List-Id: it has been here before.
    is_loop: bool
    #: Written by a machine (RFC 3834, or as Outlook and Gmail mark it).
    is_automatic: bool
    from_addresses: tuple[str, ...]
    is_reply: bool
    #: It goes to those who write in its thread or follow it, and is no mail to the others.
    is_contained: bool = False
    proof: Proof = Proof.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Author:
    """What the rules look at in its author."""

    is_subscriber: bool
    is_moderator: bool
    accepted_posts: int
    is_banned: bool = False
    #: What moderators decided about this person's posts (a Trust).
    trust: str = Trust.USUAL.value
    #: New threads and answers in seven days, however they went out.
    threads_this_week: int = 0
    replies_this_week: int = 0


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What the list has carried already."""

    threads_today: int
    mails_this_week: int


@dataclass(frozen=True, kw_only=True)
class Case:
    """One post before the rules of its list."""

    post: PostFacts
    policy: Policy
    author: Author
    traffic: Traffic


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a rule says: what becomes of the post, and which rule it was."""

    decision: Decision
    rule: str
    #: The rules that were asked before it and had nothing to say.
    silent: tuple[str, ...] = field(default=(), compare=False)
