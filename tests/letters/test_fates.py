from community.cases import Decision
from community.fates import BESIDES, OURS
from community.judgements import Judgement, Tried
from community.policies import Policy
from community.posting_rules import ACCEPTED, RULES
from community.posts import LOST
from letters.fates import DECISIONS, EVENTS, QUESTIONS, because, instead, silent, spoken


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
