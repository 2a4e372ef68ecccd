"""What is said to the author of a post that goes into the digest, and what they can choose."""

from community.overflows import QUOTA, Overflow
from community.people import Reader
from letters import posts
from letters.actions import button
from letters.letter import House, Letter, language, named
from texts import Language, say, say_many


def into_digest(view: Overflow, to: Reader, house: House) -> Letter:
    """Tell the author that a post comes in the next digest, why, and what they can do instead."""
    return (
        card(view, to, house)
        if view.post.rule == QUOTA
        else posts.into_digest(view.post, to, house)
    )


def card(view: Overflow, to: Reader, house: House) -> Letter:
    """Show its author a post that is beyond their quota, with the choices that are left."""
    tongue = language(to)
    choices = (
        (say(tongue, "You need not do anything. Or choose, until then:"),) if view.verbs else ()
    )
    return Letter(
        language=tongue,
        subject=say(
            tongue,
            "Your post will be in the next digest: {subject}",
            subject=named(tongue, view.post.subject),
        ),
        paragraphs=(
            _counted(tongue, view),
            posts.in_next_digest(tongue, view.post),
            *choices,
        ),
        facts=((say(tongue, "List"), view.post.list_address),),
        buttons=tuple(button(tongue, f"post.{verb}", view.post.post_id) for verb in view.verbs),
        why=say(tongue, "You get this because you wrote to {list}.", list=view.post.list_address),
    )


def _counted(tongue: Language, view: Overflow) -> str:
    if view.is_reply:
        return say_many(
            tongue,
            "You have answered {n} time in the last seven days; {most} go out at once.",
            "You have answered {n} times in the last seven days; {most} go out at once.",
            view.count,
            most=str(view.most),
        )
    return say_many(
        tongue,
        "You have begun {n} thread in the last seven days; {most} go out at once.",
        "You have begun {n} threads in the last seven days; {most} go out at once.",
        view.count,
        most=str(view.most),
    )
