from dataclasses import replace
from datetime import UTC, datetime

import pytest

from community.cases import Decision
from community.ends import End
from community.fates import BESIDES, OURS, Fate
from community.judgements import Judgement, Tried
from community.policies import Policy
from community.posting_rules import ACCEPTED, RULES
from community.posts import LOST
from letters.fates import DECISIONS, EVENTS, QUESTIONS, because, counts, instead, silent, spoken

MOMENT = datetime(2027, 1, 4, 9, tzinfo=UTC)


def test_every_rule_has_its_question_and_every_decision_its_words() -> None:
    assert set(QUESTIONS) == {rule.name for rule in RULES} | {LOST, ACCEPTED}
    assert set(DECISIONS) == set(Decision)
    assert set(EVENTS) == BESIDES | OURS


def _judgement(rule: str, decision: Decision, *silent: str) -> Judgement:
    before = tuple(Tried(rule=name, decision=None) for name in silent)
    return Judgement(
        tried=(*before, Tried(rule=rule, decision=decision)),
        rule=rule,
        decision=decision,
        seen={},
        policy=Policy().values(),
    )


def test_the_rule_that_decided_stands_by_itself_with_what_to_do_instead() -> None:
    given = _judgement("size", Decision.RETURN, "unreadable", "sender")

    assert (
        because("en", given) == "It is larger than 2000 kB, and would be so in everybody’s mailbox."
    )
    assert instead("en", given) == (
        "Put what is large where people can fetch it, and send the link."
    )
    assert spoken("en", given) == ("Is it too large?", "return it to its author")
    assert silent("en", given) == ["Can it be read?", "Does it say who wrote it?"]


def test_why_a_mail_could_not_be_read_is_said_if_it_was_kept() -> None:
    given = _judgement("unreadable", Decision.QUARANTINE)
    kept = replace(given, seen={"unreadable": "slow"})

    assert because("nb", kept) == f"{because('nb', given)} Det tok for lang tid å lese den."


def test_where_no_rule_spoke_that_is_said() -> None:
    given = _judgement(ACCEPTED, Decision.ACCEPT, *(rule.name for rule in RULES))

    assert because("nb", given) == "Ingen regel hadde noe å si på det."
    assert instead("nb", given) == ""
    assert len(silent("nb", given)) == len(RULES)


def test_a_rule_of_old_that_is_no_more_has_its_name() -> None:
    given = _judgement("gone", Decision.HOLD, "gone_too")

    assert (because("en", given), instead("en", given)) == ("", "")
    assert spoken("en", given) == ("gone", "hold it for a moderator")
    assert silent("en", given) == ["gone_too"]


@pytest.mark.parametrize(
    ("state", "copies", "collected_sent", "said"),
    [
        ("held", {}, 0, [(0, "have it so far")]),
        ("returned", {}, 0, [(0, "have it: it did not go out")]),
        ("digested", {}, 6, [(6, "have it in a digest")]),
        (
            "released",
            {"relayed": 3, "refused": 1},
            0,
            [
                (3, "have it: the relay has taken it"),
                (1, "do not get it: the relay has refused it for good"),
            ],
        ),
    ],
)
def test_that_nobody_has_it_is_said_where_it_is_so(
    state: str, copies: dict[str, int], collected_sent: int, said: list[tuple[int, str]]
) -> None:
    fate = _fate(state, copies=copies, collected_sent=collected_sent)

    assert counts("en", fate) == said


def _fate(state: str, *, copies: dict[str, int], collected_sent: int) -> Fate:
    """Give what became of a post, as far as it is counted."""
    return Fate(
        post_id=1,
        list_address="postdocs@lists.example.org",
        subject="Lunch",
        state=state,
        since=MOMENT,
        received_at=MOMENT,
        size_bytes=0,
        released_at=None,
        leaves_at=None,
        deadline_at=None,
        reason="",
        fields=(),
        copies={each.value: 0 for each in End} | copies,
        retried=0,
        in_doubt=0,
        to_collect=0,
        collected=0,
        collected_sent=collected_sent,
        collected_lost=0,
        replies=(),
        people=(),
        events=(),
        judgement=None,
        meter=None,
        lines=0,
        attachments=(),
        is_whole=True,
    )
