"""Posts that somebody writes in a form of ours: the mail that each becomes, and what is said of it.

Before it is sent: what the rules will do with it, who gets it, what is left of the budget. After:
where it is now.
"""

from typing import Final

from community.cases import Decision
from community.compositions import Composed
from community.fields import spoken
from community.posting_rules import BY_NAME
from community.prospects import Prospect
from community.withdrawals import Outbound
from letters import mails, meters
from letters.letter import House
from letters.mails import PlainMail
from letters.posts import OUTCOMES
from texts import N_, Language, clock_time, listed, moment, say, say_many

#: What becomes of it, in one sentence; a post that goes out is told by `_going_out`.
_BECOMES: Final[dict[Decision, str]] = {
    Decision.HOLD: N_("It waits for a moderator first."),
    Decision.QUARANTINE: N_("It waits for a moderator first."),
    Decision.DIGEST: N_("It goes into the next digest, {when}."),
    Decision.FORWARD: N_("It goes to whom it concerns alone, and not to the list."),
    Decision.RETURN: N_("It does not go to the list as it is."),
    Decision.DISCARD: N_("It does not go to the list as it is."),
}
#: Why, where the rule's own words speak of its author to others.
_BECAUSE: Final[dict[str, str]] = {
    "newcomer": N_("Your first posts to a list wait for a moderator."),
    "quota": N_(
        "You have written as much in seven days as goes out at once: "
        "{posts_per_member_per_week:new thread|new threads} or "
        "{replies_per_member_per_week:answer|answers}."
    ),
}
#: Where a post is once it was sent, by its state.
_SENT: Final[dict[str, str]] = {
    "releasing": N_(
        "Sent. It goes out at {time}. Until then you can take it back: the button is in the "
        "message from us."
    ),
    "released": N_("Sent. It is on its way to everybody."),
    "held": N_("Sent. It waits for a moderator; you hear what becomes of it."),
    "quarantined": N_("Sent. It waits for a moderator; you hear what becomes of it."),
    "queued": N_("Sent. It comes in the next digest."),
    "forwarded": N_("Sent to whom it concerns alone."),
}
_MINUTE_SECONDS: Final = 60


def write(what: Composed) -> bytes:
    """Write the mail that a composition becomes, as its author's own program would."""
    return mails.write(PlainMail(**vars(what)))


def outlook(tongue: Language, view: Prospect, house: House) -> tuple[str, ...]:
    """Say what the rules will do with a composition, why, and how many get it."""
    first = (_going_out(tongue, view),) if view.decision is Decision.ACCEPT else ()
    return (*first, *_otherwise(tongue, view, house), *gets(tongue, view))


def left(tongue: Language, view: Prospect) -> str:
    """Say what is left of the list's budget before it."""
    return meters.left(tongue, view.meter)


def _going_out(tongue: Language, view: Prospect) -> str:
    seconds = int(view.policy["grace_seconds"])
    if not seconds:
        return say(tongue, "It goes out at once.")
    return say_many(
        tongue,
        "It goes out in {n} minute; until then you can take it back.",
        "It goes out in {n} minutes; until then you can take it back.",
        max(1, round(seconds / _MINUTE_SECONDS)),
    )


def _otherwise(tongue: Language, view: Prospect, house: House) -> tuple[str, ...]:
    if view.decision is Decision.ACCEPT:
        return ()
    when = moment(tongue, house.local(view.digest_at))
    rule = BY_NAME[view.rule]
    because = _BECAUSE.get(view.rule, rule.because)
    said = [
        say(tongue, _BECOMES[view.decision], when=when),
        say(tongue, because, **view.policy) if because else "",
        _in_the_end(tongue, view, house),
    ]
    if rule.instead and not view.is_for_the_list:
        said.append(say(tongue, rule.instead, **view.policy))
    return tuple(filter(None, said))


def _in_the_end(tongue: Language, view: Prospect, house: House) -> str:
    if view.deadline_at is None:
        return ""
    when = moment(tongue, house.local(view.deadline_at))
    outcome = say(tongue, OUTCOMES[view.outcome])
    return say(tongue, "If nobody decides by {when}: {outcome}.", when=when, outcome=outcome)


def gets(tongue: Language, view: Prospect) -> tuple[str, ...]:
    """Say how many people get a composition, in which way, and who if not all."""
    if view.decision not in (Decision.ACCEPT, Decision.HOLD, Decision.DIGEST):
        return ()
    counted = []
    if view.at_once or not view.in_digest:
        counted.append(
            say_many(
                tongue, "{n} person gets it as a mail", "{n} people get it as a mail", view.at_once
            )
        )
    if view.in_digest:
        counted.append(_in_digest(tongue, view.in_digest, is_first=not counted))
    if view.by_line:
        counted.append(
            say_many(tongue, "{n} one line in a digest", "{n} one line in a digest", view.by_line)
        )
    those = listed(tongue, counted)
    return (f"{those}.", *_whom(tongue, view))


def _in_digest(tongue: Language, n: int, *, is_first: bool) -> str:
    if is_first:
        return say_many(
            tongue, "{n} person gets it in a digest", "{n} people get it in a digest", n
        )
    return say_many(tongue, "{n} in a digest", "{n} in a digest", n)


def _whom(tongue: Language, view: Prospect) -> tuple[str, ...]:
    if view.fields:
        fields = spoken(view.fields, tongue)
        only = say(tongue, "Only people of these fields and related ones: {fields}.", fields=fields)
        return (only,)
    if view.is_contained:
        return (
            say(
                tongue,
                "This thread goes on for those who write in it or follow it. For all, begin a new "
                "thread.",
            ),
        )
    return ()


def sent(tongue: Language, post: Outbound, state: str, house: House) -> str:
    """Say where a post is that was sent a moment ago."""
    sentence = _SENT.get(state, N_("It came back to you; the message from us says why."))
    time = "" if post.leaves_at is None else clock_time(tongue, house.local(post.leaves_at))
    return say(tongue, sentence, time=time)
