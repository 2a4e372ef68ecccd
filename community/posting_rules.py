"""The posting rules of a list: one ordered tuple, the first that speaks wins.

Pure: a Case in, a Verdict out. The same tuple prints the rules page, so that what members read and
what is enforced cannot drift apart.
"""

from community import containment, field_tags, topics
from community.cases import Case, Decision, Rule, Verdict
from community.errors import N_
from community.policies import Policy
from community.rules_of_mail import (
    ATTACHMENT_SIZE,
    ATTACHMENT_TYPE,
    AUTOMATIC,
    LOOP,
    QUOTING,
    RECIPIENTS,
    SENDER,
    SIZE,
    SUBJECT,
    SUSPECT,
    TOPIC,
    UNADDRESSED,
    UNREADABLE,
)
from community.rules_of_people import (
    BANNED,
    EMERGENCY,
    MEMBER,
    MENTOR,
    NEWCOMER,
    NONMEMBER,
    UNPROVED,
)
from community.rules_of_talk import ADMINISTRIVIA, CLOSED, CROSSPOST, ONCE, REPEATED, THANKS


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
    # What is no post of a person.
    UNREADABLE,
    SENDER,
    LOOP,
    AUTOMATIC,
    # Who wrote it.
    BANNED,
    UNPROVED,
    NONMEMBER,
    MEMBER,
    MENTOR,
    NEWCOMER,
    EMERGENCY,
    # What it brings, and to whom.
    SIZE,
    ATTACHMENT_TYPE,
    ATTACHMENT_SIZE,
    RECIPIENTS,
    UNADDRESSED,
    SUBJECT,
    TOPIC,
    # What it says.
    ADMINISTRIVIA,
    SUSPECT,
    REPEATED,
    THANKS,
    QUOTING,
    CROSSPOST,
    CLOSED,
    # How much there is of it.
    Rule(
        "quota",
        quota,
        N_(
            "Beyond {posts_per_member_per_week:new thread|new threads} and "
            "{replies_per_member_per_week:answer|answers} a week by one person, the rest go "
            "into the next digest."
        ),
        N_(
            "Its author has written as much in seven days as goes out at once: "
            "{posts_per_member_per_week:new thread|new threads} or "
            "{replies_per_member_per_week:answer|answers}."
        ),
    ),
    Rule(
        "budget",
        budget,
        N_(
            "The list carries {threads_per_day:new thread|new threads} a day and "
            "{mails_per_member_per_week:mail|mails} a week at once; the rest go into the next "
            "digest, in order of arrival."
        ),
        N_("The list has carried what it carries at once today or this week."),
    ),
)

BY_NAME = {rule.name: rule for rule in RULES}
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


def laws(policy: Policy) -> list[str]:
    """Return what members read, in this order: the laws in force, and what follows besides."""
    return [
        *(law for rule in RULES if (law := rule.law_of(policy))),
        *(containment.LAW, ONCE, field_tags.LAW, topics.LAW),
    ]
