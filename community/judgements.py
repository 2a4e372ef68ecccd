"""What the rules said about a post when it came, kept with it: rules and counts change afterwards.

Pure. `arrivals.receive` keeps one on the post, `fates.of` shows it, `rehearsed_posts.py` puts it
before other rules. It names nobody: what the rules look at and is one word, number, yes or no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from community.cases import Case, Decision, Verdict

Value = str | int | bool


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What one rule said."""

    rule: str
    #: Empty: it had nothing to say.
    decision: Decision | None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Which rules were asked, in order, what each said, and by what they went."""

    tried: tuple[Tried, ...]
    rule: str
    decision: Decision
    #: What the rules looked at, as counts and yes or no.
    seen: Mapping[str, Value]
    #: The policy of the list at that moment.
    policy: Mapping[str, str | int]


def kept(verdict: Verdict, case: Case) -> dict[str, Any]:
    """Write a verdict, and what it rests on, as the post keeps it."""
    return {
        "silent": list(verdict.silent),
        "rule": verdict.rule,
        "decision": verdict.decision.value,
        "seen": _seen(case),
        "policy": case.policy.values(),
    }


def unreadable(known: Mapping[str, Any]) -> str:
    """Return why a mail could not be read, as an `Unreadable` says it; empty if it could."""
    return str(known.get("seen", {}).get("unreadable", ""))


def _seen(case: Case) -> dict[str, Value]:
    looked_at = {**vars(case.post), **vars(case.author), **vars(case.traffic)}
    return {
        name: value
        for name, value in looked_at.items()
        if isinstance(value, int) or (isinstance(value, str) and value.isalpha())
    }


def read(known: Mapping[str, Any]) -> Judgement | None:
    """Read what a post keeps; None for one that came before anything was kept."""
    if not known:
        return None
    decision = Decision(known["decision"])
    silent = [Tried(rule=name, decision=None) for name in known["silent"]]
    return Judgement(
        tried=(*silent, Tried(rule=known["rule"], decision=decision)),
        rule=known["rule"],
        decision=decision,
        seen=known["seen"],
        policy=known["policy"],
    )
