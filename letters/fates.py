"""The words for what became of a post: for its page and for `samband post show`."""

from collections.abc import Iterable, Mapping
from typing import Final

from community import fields as field_names
from community.cases import Decision
from community.fates import Fate, StateChange, Troubled
from community.judgements import Judgement
from community.posting_rules import ACCEPTED, BY_NAME
from letters.posts import STATES, unread
from texts import N_, Language, say

#: What has become of a delivery; beside a number.
ENDS: Final[Mapping[str, str]] = {
    "relayed": N_("have it: the relay has taken it"),
    "waiting": N_("wait for it"),
    "refused": N_("do not get it: the relay has refused it for good"),
    "expired": N_("do not get it: it was given up"),
    "cancelled": N_("do not get it: it was taken back, or they left or did not want it any more"),
}
#: States in which nobody on the list has a post, nor ever gets it.
KEPT_BACK: Final = frozenset({"returned", "discarded", "withdrawn", "forwarded"})
DOORS: Final[Mapping[str, str]] = {
    "slack": N_("in Slack"),
    "mail": N_("by mail"),
    "web": N_("on a page or by the link of a mail"),
    "time": N_("by the clock"),
    "command": N_("by command"),
}
#: What happens to a post that stays in its state.
EVENTS: Final[Mapping[str, str]] = {
    "post.claim": N_("somebody looks at it"),
    "post.edit": N_("its subject or topic was changed"),
    "post.trust": N_("its author is trusted from now on"),
    "post.ban": N_("its author was banned"),
    "post.note": N_("a note to the other moderators"),
    "post.retry": N_("copies that were set aside are tried again"),
    "post.drop": N_("copies that were set aside were dropped"),
}
#: What each rule asks.
QUESTIONS: Final[Mapping[str, str]] = {
    "unreadable": N_("Can it be read?"),
    "loop": N_("Has it been on this list before?"),
    "automatic": N_("Is it an automatic answer?"),
    "sender": N_("Does it say who wrote it?"),
    "banned": N_("Is its author banned?"),
    "nonmember": N_("Is its author on the list?"),
    "unproved": N_("Is it proved to be theirs?"),
    "member": N_("Do moderators look at all they write?"),
    "mentor": N_("Is it by a mentor who may not write freely?"),
    "newcomer": N_("Is it one of their first posts?"),
    "emergency": N_("Does every post wait for the time being?"),
    "size": N_("Is it too large?"),
    "attachment_type": N_("Is a file of a refused kind with it?"),
    "attachment_size": N_("Is a file with it too large?"),
    "recipients": N_("Was it written to very many?"),
    "unaddressed": N_("Is the list in To or Cc?"),
    "subject": N_("Has it a subject?"),
    "topic": N_("Does its subject say its topic?"),
    "administrivia": N_("Does it only ask to leave, or for help?"),
    "suspect": N_("Has a spam filter marked it?"),
    "repeated": N_("Has the same come again and again?"),
    "thanks": N_("Does it only say thanks?"),
    "quoting": N_("Does it quote pages?"),
    "crosspost": N_("Was it written to many lists at once?"),
    "closed": N_("Is its thread closed?"),
    "quota": N_("Have they written much this week?"),
    "budget": N_("Has the list carried much?"),
    "digest_reply": N_("Which post of a digest does it answer?"),
    ACCEPTED: N_("And if no rule has anything to say?"),
}
DECISIONS: Final[Mapping[Decision, str]] = {
    Decision.ACCEPT: N_("accept it"),
    Decision.HOLD: N_("hold it for a moderator"),
    Decision.DIGEST: N_("put it into the digest"),
    Decision.RETURN: N_("return it to its author"),
    Decision.DISCARD: N_("discard it"),
    Decision.REJECT: N_("refuse it"),
    Decision.FORWARD: N_("send it on to whom it concerns alone"),
    Decision.QUARANTINE: N_("put it aside for a moderator"),
}


def counts(tongue: Language, fate: Fate) -> list[tuple[int, str]]:
    """Return how many people fare how: those of whom there are any, and that nobody has it."""
    kept_back = fate.state in KEPT_BACK
    nobody = N_("have it: it did not go out") if kept_back else N_("have it so far")
    ends = ((count, ENDS[end]) for end, count in fate.copies.items())
    more = (
        (fate.retried, N_("of those that wait were tried before, and are tried again")),
        (fate.to_collect, N_("get it in their next digest")),
        (fate.collected, N_("get it in a digest that is on its way")),
        (fate.collected_sent, N_("have it in a digest")),
        (
            fate.collected_lost,
            N_("do not get it: their digest was refused or given up, or they left before it went"),
        ),
        (fate.lines, N_("get a line in a digest, as the thread goes on for those who follow it")),
        (fate.in_doubt, N_("at most are in doubt: an answer was lost; they may have it, or twice")),
    )
    rows = [(count, words) for count, words in (*ends, *more) if count]
    if not (fate.copies.get("relayed") or fate.collected_sent):
        rows.insert(0, (0, nobody))
    return [(count, say(tongue, words)) for count, words in rows]


def ended(tongue: Language, copy: Troubled) -> str:
    """Say how the copy of one person has ended, and whether that is in doubt."""
    words = say(tongue, ENDS[copy.end])
    return f"{words}, {say(tongue, N_('in doubt'))}" if copy.is_in_doubt else words


def meant_for(tongue: Language, fields: Iterable[str]) -> str:
    """Say to whom alone a post goes that is for some fields."""
    return say(
        tongue,
        "It is for people of these fields and related ones alone: {fields}.",
        fields=field_names.spoken(fields, tongue),
    )


def spoken(tongue: Language, judgement: Judgement) -> tuple[str, str]:
    """Return what the rule that decided asks, and what it said."""
    last = judgement.tried[-1]
    words = N_("nothing to say") if last.decision is None else DECISIONS[last.decision]
    return _question(tongue, last.rule), say(tongue, words)


def silent(tongue: Language, judgement: Judgement) -> list[str]:
    """Return what the rules ask that were asked before and had nothing to say."""
    return [_question(tongue, each.rule) for each in judgement.tried if each.decision is None]


def because(tongue: Language, judgement: Judgement) -> str:
    """Say why the rule that spoke did, with the values of that day."""
    if judgement.rule == ACCEPTED:
        return say(tongue, N_("No rule had anything to say against it."))
    rule = BY_NAME.get(judgement.rule)
    words = say(tongue, rule.because, **judgement.policy) if rule else ""
    return f"{words} {unread(tongue, str(judgement.seen.get('unreadable', '')))}".strip()


def instead(tongue: Language, judgement: Judgement) -> str:
    """Say what its author can do about what the rule said, if it says so."""
    rule = BY_NAME.get(judgement.rule)
    return say(tongue, rule.instead, **judgement.policy) if rule and rule.instead else ""


def _question(tongue: Language, rule: str) -> str:
    return say(tongue, QUESTIONS[rule]) if rule in QUESTIONS else rule


def happened(tongue: Language, event: StateChange) -> str:
    """Say what happened, who did it and by which door."""
    what = STATES.get(event.new) or EVENTS.get(event.event)
    state = say(tongue, what) if what else event.new
    who = event.who or (say(tongue, "a person") if event.is_by_person else "")
    door = say(tongue, DOORS[event.door]) if event.door in DOORS else ""
    return ", ".join(part for part in (state, who, door) if part)
