"""What the posting rules look at, and what they say: facts in, a Verdict out. Pure.

The rules themselves stand in `rules_of_*.py`, their order in `posting_rules.py`.
"""

from collections.abc import Callable, Mapping
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
    #: To one person alone, or to those who look after the list.
    FORWARD = "forward"


class Proof(StrEnum):
    """Whether a mail comes from the domain in its From, as far as we or our mail server know."""

    PASS = "pass"  # noqa: S105 - no password
    #: The domain says how its mail is known (DMARC), and this is none of it.
    FAIL = "fail"
    #: It was looked at, and nothing speaks for it or against it.
    NONE = "none"
    #: Nobody has looked.
    UNKNOWN = "unknown"


class StrayWish(StrEnum):
    """What a mail to the list asks of whoever runs it, and not of those who read it."""

    NONE = ""
    JOIN = "join"
    LEAVE = "leave"
    HELP = "help"


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
    #: Why, as an `Unreadable` says it.
    unreadable: str = ""
    #: It carries this list's own List-Id: it has been here before.
    is_loop: bool
    #: Written by a machine (RFC 3834, or as Outlook and Gmail mark it).
    is_automatic: bool
    from_addresses: tuple[str, ...]
    is_reply: bool
    #: It goes to those who write in its thread or follow it, and is no mail to the others.
    is_contained: bool = False
    proof: Proof = Proof.UNKNOWN
    size_bytes: int = 0
    #: What stands behind the last dot of the names of its files, lower case.
    file_endings: tuple[str, ...] = ()
    largest_file_bytes: int = 0
    #: How many addresses stand in To and Cc.
    recipients: int = 1
    #: How many lists of this house stand there.
    lists: int = 1
    has_subject: bool = True
    #: Its subject begins with a mark that we know (topics.py).
    has_topic: bool = True
    #: It wants to join, to leave, or help.
    wish: StrayWish = StrayWish.NONE
    #: A header that the policy names as suspect stands in it.
    is_suspect: bool = False
    #: It says thanks or me too to somebody who can be reached, and no more.
    is_thanks: bool = False
    own_lines: int = 1
    quoted_lines: int = 0
    #: It answers in a thread that a moderator has closed.
    is_closed: bool = False


@dataclass(frozen=True, kw_only=True)
class Author:
    """What the rules look at in its author."""

    is_subscriber: bool
    is_moderator: bool
    accepted_posts: int
    is_banned: bool = False
    #: A mentor, and nothing besides: no member, and nobody who looks after the community.
    is_mentor: bool = False
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
    #: How many mails of the last minutes said the same as this one (repeats.py).
    repeats: int = 0


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


Decide = Callable[[Case], Decision | None]
#: With these values of its key a rule is off, and has no law.
OFF = (0, "", "off", "accept")


@dataclass(frozen=True)
class Rule:
    """One rule: how it decides, as members read it, and as its reason is told to an author."""

    name: str
    decide: Decide
    #: For the rules page; placeholders are policy keys. Empty: not for members.
    law: str
    #: For whom it hit.
    because: str
    #: Where it rejects: what the author's mail server is told, and what to do instead.
    refusal: str = ""
    #: For whom it hit: what to do another time, or instead.
    instead: str = ""
    #: The key of the policy that the rule goes by, if one value of it turns the rule off.
    key: str = ""
    #: The law for each choice of that key, where they differ.
    laws: Mapping[str, str] = field(default_factory=dict)

    def law_of(self, policy: Policy) -> str:
        """Return the law that members read under this policy; empty if the rule is off."""
        value = policy.values()[self.key] if self.key else None
        return "" if value in OFF else self.laws.get(str(value), self.law)
