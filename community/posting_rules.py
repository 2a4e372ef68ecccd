"""The posting rules of a list: one policy, one ordered tuple of rules, the first that speaks wins.

Pure: facts, policy, author and traffic in, a Verdict out. The same tuple prints the rules page, so
that what members read and what is enforced cannot drift apart.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum

from community.errors import N_, Refusal


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


CHOICES: dict[str, tuple[str, ...]] = {
    "nonmembers": ("hold", "reject"),
    "unproved": ("hold", "accept"),
    "hold_outcome": ("digest", "accept", "return", "discard"),
    "from_munging": ("never", "dmarc", "always"),
    "copies": ("personal", "together"),
    "footer": ("off", "en", "nb", "both"),
}
#: What is written in people's own words: one line.
WORDS = ("footer_words",)
MOST_SIGNS = 200
#: Where a count may not be anything from 0 to 10,000.
BOUNDS: dict[str, tuple[int, int]] = {"recipients_per_mail": (2, 500)}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a list is kept quiet; every key is read by a rule below or by what follows from it."""

    #: How many first posts of a newcomer wait for a moderator; 0 = none.
    newcomer_posts: int = 1
    #: New threads a day that go out at once; later ones go into the digest.
    threads_per_day: int = 4
    #: Mails a week that each member gets at once; later ones go into the digest.
    mails_per_member_per_week: int = 10
    #: Posts a week of one member that go out at once; later ones go into the digest.
    posts_per_member_per_week: int = 5
    #: What happens to a post by somebody who is not on the list: hold or reject.
    nonmembers: str = "hold"
    #: Hours of working time that a post waits for a moderator.
    hold_hours: int = 24
    #: What happens to a post that nobody decided in time: digest, accept, return or discard.
    hold_outcome: str = "digest"
    #: What happens to a post that may be sent in another's name: hold or accept. Where nobody
    #: checks (no `authserv_id`), nothing is held for it.
    unproved: str = "hold"
    #: Seconds that an accepted post waits before it goes out, in which its author can withdraw it
    #: and a moderator stop it; 0 = none.
    grace_seconds: int = 120
    #: Whose posts leave with the list in From and the author in Reply-To: nobody's, of those whose
    #: domain would have them refused otherwise (DMARC), or everybody's.
    from_munging: str = "dmarc"
    #: A mail of their own for each member, with their own way out, or one for many: less to send,
    #: and what comes back of it counts for nobody.
    copies: str = "personal"
    #: To how many members one mail goes where they get it together.
    recipients_per_mail: int = 50

    #: In which language a few lines stand below each post: what it is, and the way to all choices.
    footer: str = "both"
    #: The list's own words there; empty for the house's.
    footer_words: str = ""

    @property
    def together(self) -> int:
        """Return how many members share one mail; 1 where each gets their own."""
        return self.recipients_per_mail if self.copies == "together" else 1

    def changed(self, changes: Iterable[str]) -> "Policy":
        """Return the policy with `key=value` changes; refuse with what is possible."""
        known = [each.name for each in fields(Policy)]
        values: dict[str, str | int] = {}
        for change in changes:
            key, _, value = (part.strip() for part in change.partition("="))
            if key not in known:
                raise Refusal(
                    "There is no setting “{key}”. There is: {known}.",
                    key=key,
                    known=", ".join(known),
                )
            read = _choice if key in CHOICES else _words if key in WORDS else _count
            values[key] = read(key, value)
        return replace(self, **values)  # type: ignore[arg-type]  # each value was read for its key

    def values(self) -> dict[str, str | int]:
        """Return every key with its value, also to fill the words of the rules."""
        return asdict(self)

    def differences(self) -> dict[str, str | int]:
        """Return what differs from the default policy."""
        usual = asdict(Policy())
        return {key: value for key, value in asdict(self).items() if value != usual[key]}


def _choice(key: str, value: str) -> str:
    if value not in CHOICES[key]:
        raise Refusal(
            "{key} can be: {choices}. “{value}” is none of them.",
            key=key,
            choices=", ".join(CHOICES[key]),
            value=value,
        )
    return value


def _words(key: str, value: str) -> str:
    if len(value) > MOST_SIGNS or not value.isprintable():
        raise Refusal(
            "{key} takes one line of at most {most} signs.", key=key, most=str(MOST_SIGNS)
        )
    return value


def _count(key: str, value: str) -> int:
    least, most = BOUNDS.get(key, (0, 10_000))
    is_number = value.isascii() and value.isdigit() and len(value) <= 5
    if not (is_number and least <= int(value) <= most):
        raise Refusal(
            "{key} takes a whole number from {least} to {most}, such as {key}=3. "
            "“{value}” is none.",
            key=key,
            least=str(least),
            most=str(most),
            value=value,
        )
    return int(value)


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
    proof: Proof = Proof.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Author:
    """What the rules look at in its author."""

    is_subscriber: bool
    is_moderator: bool
    accepted_posts: int
    posts_this_week: int


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What the list has carried already."""

    threads_today: int
    mails_this_week: int


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a rule says: what becomes of the post, and which rule it was."""

    decision: Decision
    rule: str
    #: The rules that were asked before it and had nothing to say.
    silent: tuple[str, ...] = field(default=(), compare=False)


Decide = Callable[[PostFacts, Policy, Author, Traffic], Decision | None]


@dataclass(frozen=True)
class Rule:
    """One rule: how it decides, as members read it, and as its reason is told to an author."""

    name: str
    decide: Decide
    #: For the rules page; placeholders are policy keys. Empty: not for members.
    law: str
    #: For whom it hit.
    because: str


def unread(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Put aside what no parser can read, with its bytes, for the moderators."""
    return Decision.QUARANTINE if post.is_unreadable else None


def loop(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Stop what this list has sent itself."""
    return Decision.DISCARD if post.is_loop else None


def automatic(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Keep out-of-office and other automatic answers off the list."""
    return Decision.DISCARD if post.is_automatic else None


def sender(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Hold a post that does not say plainly who wrote it."""
    return Decision.HOLD if len(post.from_addresses) != 1 else None


def nonmember(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Hold or reject what people outside write."""
    if author.is_subscriber or author.is_moderator:
        return None
    return Decision(policy.nonmembers)


def unproved(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Hold what may be sent in the name of somebody who is trusted."""
    is_doubtful = post.proof in (Proof.FAIL, Proof.NONE)
    return Decision.HOLD if is_doubtful and policy.unproved == "hold" else None


def newcomer(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Hold the first posts of a newcomer."""
    if author.is_moderator or author.accepted_posts >= policy.newcomer_posts:
        return None
    return Decision.HOLD


def quota(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Move the posts of one eager person into the digest."""
    if author.is_moderator or author.posts_this_week < policy.posts_per_member_per_week:
        return None
    return Decision.DIGEST


def budget(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Decision | None:
    """Move what is beyond the list's daily threads or weekly mails into the digest."""
    if not post.is_reply and traffic.threads_today >= policy.threads_per_day:
        return Decision.DIGEST
    if traffic.mails_this_week >= policy.mails_per_member_per_week:
        return Decision.DIGEST
    return None


RULES: tuple[Rule, ...] = (
    Rule("unreadable", unread, "", N_("The mail could not be read.")),
    Rule("loop", loop, "", N_("The mail had been on this list before.")),
    Rule(
        "automatic",
        automatic,
        N_("Automatic answers (out of office and the like) never reach the list."),
        N_("It looks like an automatic answer."),
    ),
    Rule("sender", sender, "", N_("It does not say plainly who wrote it.")),
    Rule(
        "nonmember",
        nonmember,
        N_("Posts by people who are not on the list wait for a moderator or are refused."),
        N_("It comes from an address that is not on the list."),
    ),
    Rule(
        "unproved",
        unproved,
        N_(
            "Posts that are not proved to come from their sender wait for a moderator "
            "(unproved={unproved})."
        ),
        N_("It is not proved that the mail comes from the address it names."),
    ),
    Rule(
        "newcomer",
        newcomer,
        N_("The first posts of a newcomer ({newcomer_posts}) wait for a moderator."),
        N_("First posts wait for a moderator."),
    ),
    Rule(
        "quota",
        quota,
        N_(
            "Beyond {posts_per_member_per_week} posts a week by one person, the rest go into the "
            "next digest."
        ),
        N_("You have written {posts_per_member_per_week} posts in the last seven days."),
    ),
    Rule(
        "budget",
        budget,
        N_(
            "The list carries {threads_per_day} new threads a day and {mails_per_member_per_week} "
            "mails a week at once; the rest go into the next digest, in order of arrival."
        ),
        N_("The list has carried what it carries at once today or this week."),
    ),
)

BY_NAME = {rule.name: rule for rule in RULES}
#: What a post that no rule spoke about is marked with.
ACCEPTED = "accepted"


def decide(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Verdict:
    """Return the verdict of the first rule that speaks; what none speaks about is accepted."""
    silent: list[str] = []
    for rule in RULES:
        decision = rule.decide(post, policy, author, traffic)
        if decision is not None:
            return Verdict(decision=decision, rule=rule.name, silent=tuple(silent))
        silent.append(rule.name)
    return Verdict(decision=Decision.ACCEPT, rule=ACCEPTED, silent=tuple(silent))
