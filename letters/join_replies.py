"""What is said of a moderator's answer by mail about somebody who wants to join a list."""

from community.join_replies import JoinReplyCard
from community.people import Reader
from letters import join_requests
from letters.actions import button
from letters.letter import House, Letter, language
from texts import say


def answer(shown: JoinReplyCard | None, to: Reader, house: House) -> Letter | None:
    """Tell a moderator what came of an answer, and what can be done now."""
    if shown is None:
        return None
    tongue, card = language(to), shown.card
    is_open = card.state == "waiting"
    if shown.note:
        words = [say(tongue, "Nothing has been decided. Your words have gone to the moderators:")]
    elif shown.refused is not None:
        message, facts = shown.refused
        words = [say(tongue, message, **facts)]
    else:
        words = [join_requests.decided(card, tongue)]
    if is_open:
        words.append(join_requests.how(tongue))
    actions = join_requests.actions(card)
    return Letter(
        language=tongue,
        subject=say(tongue, "What came of your answer"),
        paragraphs=tuple(words),
        facts=tuple(join_requests.who(card, tongue, house)),
        quote=shown.note or None,
        buttons=tuple(button(tongue, action, card.request_id) for action in actions),
        reply_to=house.join_address(shown.notice_id) if is_open else None,
        why=say(tongue, "You get this because you answered a mail about who wants to join."),
    )


def note(shown: JoinReplyCard | None, to: Reader, house: House) -> Letter | None:
    """Pass on what a moderator has written about somebody who wants to join."""
    if shown is None:
        return None
    tongue, card = language(to), shown.card
    actions = join_requests.actions(card)
    return Letter(
        language=tongue,
        subject=say(tongue, "{name} about {who}", name=shown.moderator, who=card.name),
        paragraphs=(
            say(
                tongue,
                "{name} has answered a mail about who wants to join. Nothing is decided by it.",
                name=shown.moderator,
            ),
        ),
        facts=tuple(join_requests.who(card, tongue, house)),
        quote=shown.note,
        buttons=tuple(button(tongue, action, card.request_id) for action in actions),
        why=say(tongue, "You get this because you are a moderator."),
    )
