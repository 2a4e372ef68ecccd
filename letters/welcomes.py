"""What somebody is told who is new on a list: how it works, in few lines, and what is asked."""

from community.people import Reader, Role
from community.posting_rules import RULES
from community.subscriptions import Mode
from community.welcomes import Welcome
from letters.actions import button
from letters.letter import Button, House, Letter, language
from texts import Language, say

#: The rules that a newcomer meets first, by name; all of them stand on the list's page.
MET_FIRST = ("newcomer", "topic", "quota", "budget")


def welcome(view: Welcome, to: Reader, house: House) -> Letter | None:
    """Greet a newcomer of a list; nothing to say to who has left it again."""
    if view.chosen is None:
        return None
    tongue, a_list = language(to), view.mailing_list
    address = a_list.address
    page = f"{house.public_url}/lists/{address}"
    laws = [
        "– " + say(tongue, law, **a_list.policy.values())
        for rule in RULES
        if rule.name in MET_FIRST and (law := rule.law_of(a_list.policy))
    ]
    return Letter(
        language=tongue,
        subject=say(tongue, "Welcome to {list}", list=address),
        paragraphs=(
            say(
                tongue,
                "You are on the list {list}. Write to this address, and everybody on it reads it.",
                list=address,
            ),
            "\n".join((say(tongue, "It is kept quiet, and this is how:"), *laws)),
            "\n".join(
                (
                    say(tongue, "All rules: {page}", page=f"{page}/rules"),
                    say(tongue, "What was written so far: {page}", page=page),
                    say(tongue, "To leave, write to {address}.", address=leave_address(address)),
                )
            ),
            *_questions(view, to, tongue),
        ),
        buttons=_choices(view, to, tongue),
        why=say(tongue, "You get this once, because you are new on {list}.", list=address),
        stop=button(tongue, "mailing_list.leave", a_list.id),
    )


def _questions(view: Welcome, to: Reader, tongue: Language) -> tuple[str, ...]:
    """Ask what has no answer yet, and say what holds until there is one."""
    questions = (
        ("" if view.has_language else say(tongue, "Which language do you want us to write in?")),
        (say(tongue, "What do you do research in?") if _asks_fields(view, to) else ""),
        ("" if view.has_mode else _how_much(view, tongue)),
    )
    asked = [question for question in questions if question]
    top = say(tongue, "One press for each question, and you are set.")
    return ("\n– ".join((top, *asked)),) if asked else ()


def _how_much(view: Welcome, tongue: Language) -> str:
    question = say(
        tongue, "How much mail do you want from {lists}?", lists=view.mailing_list.address
    )
    if view.chosen is None or view.chosen.mode is not Mode.EACH:
        return question
    return f"{question} {say(tongue, 'Now each post comes as a mail of its own, at once.')}"


def _choices(view: Welcome, to: Reader, tongue: Language) -> tuple[Button, ...]:
    # In the words of the language that is offered, for who reads no other.
    other: Language = "nb" if tongue == "en" else "en"
    in_other = button(other, "person.norwegian" if other == "nb" else "person.english", 0)
    return (
        *(() if view.has_language else (in_other,)),
        *((button(tongue, "person.set_fields", 0),) if _asks_fields(view, to) else ()),
        *(() if view.has_mode else _ways(view, tongue)),
    )


def _ways(view: Welcome, tongue: Language) -> tuple[Button, ...]:
    list_id = view.mailing_list.id
    return tuple(button(tongue, f"mailing_list.{verb}", list_id) for verb in ("digest", "weekly"))


def _asks_fields(view: Welcome, to: Reader) -> bool:
    """Ask who meets others by field, and has not said it yet."""
    return Role.MEMBER in to.roles and not view.has_fields


def leave_address(list_address: str) -> str:
    """Return the address to which to write to leave a list."""
    name, _, domain = list_address.partition("@")
    return f"{name}-leave@{domain}"
