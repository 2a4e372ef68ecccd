"""The posting rules that look at who wrote: may this person write to the list, and at once?

Each says what becomes of a post, or nothing. Their order is in `posting_rules.py`.
"""

from community.cases import Case, Decision, Proof, Rule, Trust
from community.errors import N_

MEMBER_ACTIONS = {Trust.HOLD.value: Decision.HOLD, Trust.REJECT.value: Decision.REJECT}


def banned(case: Case) -> Decision | None:
    """Take nothing from somebody who is banned."""
    return Decision(case.policy.banned) if case.author.is_banned else None


def unproved(case: Case) -> Decision | None:
    """Hold what may be sent in the name of somebody who is trusted."""
    is_known = case.author.is_subscriber or case.author.is_moderator
    is_doubtful = case.post.proof in (Proof.FAIL, Proof.NONE) and case.policy.unproved == "hold"
    return Decision.HOLD if is_known and is_doubtful else None


def nonmember(case: Case) -> Decision | None:
    """Hold, reject or forward what people outside write; a wish to join has a way of its own."""
    if case.author.is_subscriber or case.author.is_moderator:
        return None
    return Decision.REJECT if is_private(case) else Decision(case.policy.nonmembers)


def member(case: Case) -> Decision | None:
    """Hold or reject what somebody writes about whom moderators have decided so."""
    return None if is_private(case) else MEMBER_ACTIONS.get(case.author.trust)


def mentor(case: Case) -> Decision | None:
    """Hold or reject what mentors write, where the list says so; whom moderators trust writes."""
    if not case.author.is_mentor or case.author.trust == Trust.TRUSTED or is_private(case):
        return None
    return MEMBER_ACTIONS.get(case.policy.mentors_write)


def newcomer(case: Case) -> Decision | None:
    """Hold the first posts of a newcomer, unless a moderator trusts them."""
    is_known = case.author.is_moderator or case.author.trust == Trust.TRUSTED
    is_past = case.author.accepted_posts >= case.policy.newcomer_posts
    return None if is_known or is_past or is_private(case) else Decision.HOLD


def emergency(case: Case) -> Decision | None:
    """Hold everything while a list is closed to posts."""
    return Decision.HOLD if case.policy.emergency == "on" and not is_private(case) else None


def is_private(case: Case) -> bool:
    """Say whether a mail asks something of whoever runs the list: no moderator need look at it."""
    return bool(case.post.wish) and case.policy.administrivia == "answer"


BANNED = Rule(
    "banned",
    banned,
    "",
    N_("It comes from somebody who may not write to the list."),
    N_(
        "This address may not write to {address}. Write to the coordinators if you think that is "
        "wrong."
    ),
)
UNPROVED = Rule(
    "unproved",
    unproved,
    N_("Posts that are not proved to come from their sender wait for a moderator."),
    N_("It is not proved that the mail comes from the address it names."),
    instead=N_("Send it by the mail server of your address: from its own program or web mail."),
    key="unproved",
)
NONMEMBER = Rule(
    "nonmember",
    nonmember,
    "",
    N_("It comes from an address that is not on the list."),
    N_("Only people on the list {address} may post to it. Ask to join, or write to a member."),
    instead=N_("Write from the address that is on the list, or join it first."),
    key="nonmembers",
    laws={
        "hold": N_("Posts by people who are not on the list wait for a moderator."),
        "reject": N_("Posts by people who are not on the list are refused."),
        "forward": N_("Mails by people who are not on the list go to the coordinators alone."),
    },
)
MEMBER = Rule(
    "member",
    member,
    "",
    N_("A moderator has decided to look at all posts by this person first."),
    N_(
        "A moderator has decided that you may read {address} but not write to it. Write to the "
        "coordinators if you think that is wrong."
    ),
)
MENTOR = Rule(
    "mentor",
    mentor,
    "",
    N_("On this list the posts of mentors wait for a moderator."),
    N_(
        "Mentors read {address} and do not write to it. Write to the coordinators if everybody "
        "should know of something."
    ),
    key="mentors_write",
    laws={
        "hold": N_("Posts by mentors wait for a moderator."),
        "reject": N_("Mentors read the list, and do not write to it."),
    },
)
NEWCOMER = Rule(
    "newcomer",
    newcomer,
    N_("The first posts of a newcomer ({newcomer_posts}) wait for a moderator."),
    N_("First posts wait for a moderator."),
    key="newcomer_posts",
)
EMERGENCY = Rule(
    "emergency",
    emergency,
    N_("For the time being every post waits for a moderator."),
    N_("For the time being every post waits for a moderator."),
    key="emergency",
)
