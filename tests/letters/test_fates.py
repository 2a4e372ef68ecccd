from community.cases import Decision
from community.posting_rules import ACCEPTED, RULES
from community.posts import LOST
from letters.fates import DECISIONS, QUESTIONS


def test_every_rule_has_its_question_and_every_decision_its_words() -> None:
    assert set(QUESTIONS) == {rule.name for rule in RULES} | {LOST, ACCEPTED}
    assert set(DECISIONS) == set(Decision)
