"""The posting rules of a list: one ordered tuple, the first that speaks wins.

Pure: a Case in, a Verdict out. The same tuple prints the rules page, so that what members read and
what is enforced cannot drift apart.
"""

from collections.abc import Callable
from dataclasses import dataclass

from community import containment
from community.cases import Case, Decision, Proof, Trust, Verdict
from community.errors import N_

Decide = Callable[[Case], Decision | None]

MEMBER_ACTIONS = {Trust.HOLD.value: Decision.HOLD, Trust.REJECT.value: Decision.REJECT}


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


def unread(case: Case) -> Decision | None:
    """Put aside what no parser can read, with its bytes, for the moderators."""
    return Decision.QUARANTINE if case.post.is_unreadable else None


def loop(case: Case) -> Decision | None:
    """Stop what this list has sent itself."""
    return Decision.DISCARD if case.post.is_loop else None


def automatic(case: Case) -> Decision | None:
    """Keep out-of-office and other automatic answers off the list."""
    return Decision.DISCARD if case.post.is_automatic else None


def sender(case: Case) -> Decision | None:
    """Hold a post that does not say plainly who wrote it."""
    return Decision.HOLD if len(case.post.from_addresses) != 1 else None


def banned(case: Case) -> Decision | None:
    """Take nothing from somebody who is banned."""
    return Decision(case.policy.banned) if case.author.is_banned else None


def nonmember(case: Case) -> Decision | None:
    """Hold or reject what people outside write."""
    if case.author.is_subscriber or case.author.is_moderator:
        return None
    return Decision(case.policy.nonmembers)


def unproved(case: Case) -> Decision | None:
    """Hold what may be sent in the name of somebody who is trusted."""
    is_doubtful = case.post.proof in (Proof.FAIL, Proof.NONE)
    return Decision.HOLD if is_doubtful and case.policy.unproved == "hold" else None


def member(case: Case) -> Decision | None:
    """Hold or reject what somebody writes about whom moderators have decided so."""
    return MEMBER_ACTIONS.get(case.author.trust)


def newcomer(case: Case) -> Decision | None:
    """Hold the first posts of a newcomer, unless a moderator trusts them."""
    is_known = case.author.is_moderator or case.author.trust == Trust.TRUSTED
    if is_known or case.author.accepted_posts >= case.policy.newcomer_posts:
        return None
    return Decision.HOLD


def quota(case: Case) -> Decision | None:
    """Move the posts of one eager person into the digest."""
    author, policy = case.author, case.policy
    if case.post.is_reply:
        is_beyond = author.replies_this_week >= policy.replies_per_member_per_week
    else:
        is_beyond = author.threads_this_week >= policy.posts_per_member_per_week
    return Decision.DIGEST if is_beyond and not author.is_moderator else None


def budget(case: Case) -> Decision | None:
    """Move what is beyond the list's daily threads or weekly mails into the digest."""
    if not case.post.is_reply and case.traffic.threads_today >= case.policy.threads_per_day:
        return Decision.DIGEST
    is_full = case.traffic.mails_this_week >= case.policy.mails_per_member_per_week
    return Decision.DIGEST if is_full and not case.post.is_contained else None


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
        "banned",
        banned,
        "",
        N_("It comes from somebody who may not write to the list."),
        N_(
            "This address may not write to {address}. Write to the coordinators if you think "
            "that is wrong."
        ),
    ),
    Rule(
        "nonmember",
        nonmember,
        N_("Posts by people who are not on the list wait for a moderator or are refused."),
        N_("It comes from an address that is not on the list."),
        N_("Only people on the list {address} may post to it. Ask to join, or write to a member."),
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
        "member",
        member,
        "",
        N_("A moderator has decided to look at all posts by this person first."),
        N_(
            "A moderator has decided that you may read {address} but not write to it. Write to "
            "the coordinators if you think that is wrong."
        ),
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
            "Beyond {posts_per_member_per_week} new threads and {replies_per_member_per_week} "
            "answers a week by one person, the rest go into the next digest."
        ),
        N_(
            "Its author has written as much in seven days as goes out at once: "
            "{posts_per_member_per_week} new threads or {replies_per_member_per_week} answers."
        ),
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
#: What members read, in this order: the rules, and what the policy says besides.
LAWS = (*(rule.law for rule in RULES if rule.law), containment.LAW)
#: What a post that no rule spoke about is marked with.
ACCEPTED = "accepted"


def decide(case: Case) -> Verdict:
    """Return the verdict of the first rule that speaks; what none speaks about is accepted."""
    silent: list[str] = []
    for rule in RULES:
        decision = rule.decide(case)
        if decision is not None:
            return Verdict(decision=decision, rule=rule.name, silent=tuple(silent))
        silent.append(rule.name)
    return Verdict(decision=Decision.ACCEPT, rule=ACCEPTED, silent=tuple(silent))
