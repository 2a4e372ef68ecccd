"""Letters that are due at the same moment: asked for together, worded one by one.

A reminder of a gathering goes to hundreds, and each post that waits has a letter; asked one by one,
the questions cost more than the mails. What is said is the same as `kinds.write` would say.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from community import announcements, gathering_cards, holds, people
from community.errors import Refusal
from community.outbox import Notice
from community.people import Reader
from community.store import Session
from letters.kinds import KINDS, Question, View
from letters.letter import House, Letter

#: Answers one question for several notices, by their ids; what has no answer is left out.
Answers = dict[int, View]


def _posts(session: Session, notices: Sequence[Notice]) -> Answers:
    cards = {card.post_id: card for card in holds.some(session, _about(notices))}
    return {each.id: cards[each.object_id] for each in notices if each.object_id in cards}


def _gatherings(session: Session, notices: Sequence[Notice]) -> Answers:
    answers: Answers = {}
    for gathering_id in _about(notices):
        mine = [each for each in notices if each.object_id == gathering_id]
        readers = {each.person_id for each in mine}
        cards = gathering_cards.of_each(session, gathering_id, readers)
        answers |= {each.id: cards[each.person_id] for each in mine if each.person_id in cards}
    return answers


def _announcements(session: Session, notices: Sequence[Notice]) -> Answers:
    answers: Answers = {}
    for announcement_id in _about(notices):
        with suppress(Refusal):
            card = announcements.card(session, announcement_id)
            answers |= {each.id: card for each in notices if each.object_id == announcement_id}
    return answers


def _about(notices: Sequence[Notice]) -> list[int]:
    return sorted({each.object_id for each in notices})


#: By the question of a kind; all others are asked one by one.
TOGETHER: Final[Mapping[Question, Callable[[Session, Sequence[Notice]], Answers]]] = {
    KINDS["post.wait"].question: _posts,
    KINDS["gathering.remind"].question: _gatherings,
    KINDS["announcement.send"].question: _announcements,
}


def write(
    session: Session, notices: Sequence[Notice], *, house: House
) -> dict[int, tuple[Reader, Letter]]:
    """Return the readers and letters of notices, by their ids.

    One that no longer applies, or that is refused, is left out: `kinds.write` says which.
    """
    readers = people.readers(session, {each.person_id for each in notices})
    answers = _asked(session, notices)
    written = {}
    for notice in notices:
        to, kind = readers.get(notice.person_id), KINDS[notice.kind]
        if to is None:
            continue
        with suppress(Refusal):
            is_answered = notice.id in answers
            view = answers[notice.id] if is_answered else kind.question(session, notice)
            letter = kind.words(view, notice, to, house)
            if letter is not None:
                written[notice.id] = to, letter
    return written


def _asked(session: Session, notices: Sequence[Notice]) -> Answers:
    by_question: dict[Question, list[Notice]] = {}
    for notice in notices:
        by_question.setdefault(KINDS[notice.kind].question, []).append(notice)
    answers: Answers = {}
    for question, those in by_question.items():
        ask = TOGETHER.get(question)
        if ask is not None and len(those) > 1:
            answers |= ask(session, those)
    return answers
