"""Answers to what people ask a list by mail: what was done, and what can be asked.

Nothing of the mail is repeated in them but words of ours.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from community.address_requests import MOST
from community.mailed_commands import OF_PERSON, Asked
from community.people import Reader
from community.posting_rules import laws
from community.subscriptions import Mode
from letters.actions import ACTIONS, button
from letters.deliveries import how
from letters.join_requests import owner, stranger
from letters.letter import Button, House, Letter, language
from texts import N_, Language, say

#: What can be written, in the reader's language, and what it does.
HELP: Final = (
    (N_("help"), N_("this list of words")),
    (N_("rules"), N_("the posting rules")),
    (N_("settings"), N_("who you are here, and how the posts come")),
    (N_("join"), N_("be on the list")),
    (N_("leave"), N_("be off the list")),
    (N_("digest daily"), N_("one mail a day")),
    (N_("digest weekly"), N_("one mail a week")),
    (N_("digest off"), N_("each post as a mail")),
    (N_("only followed"), N_("only threads that you follow")),
    (
        N_("topic job digest"),
        N_("event, job, funding, question or social; at once, digest, not at all or as the others"),
    ),
    (N_("no mail"), N_("stay on the list, and read it on the page")),
    (N_("pause until 16 August"), N_("nothing until that day")),
    (N_("resume"), N_("end the pause")),
    (N_("add address kari@home.example"), N_("use another address too")),
    (N_("remove address kari@home.example"), N_("take an address away")),
    (N_("language nb"), N_("write to me in Norwegian; “en” for English")),
)
#: What a word does whose button is no list's.
DONE: Final = {"add_address": "person.add_address", "remove_address": "address.remove"}
#: How a word is written that lacked something.
EXAMPLES: Final = {
    "topic": N_("topic job digest"),
    "pause": N_("pause until 16 August"),
    "language": N_("language nb"),
    "add_address": N_("add address kari@home.example"),
    "remove_address": N_("remove address kari@home.example"),
}
MISSING: Final = N_("Something was missing. Write it like this:")
UNCLEAR: Final = {
    "pause": N_("We do not know which day is meant, or it is over. Write it like this:")
}
LANGUAGES: Final = {"en": "person.english", "nb": "person.norwegian"}


def answer(asked: Asked, to: Reader, house: House) -> Letter | None:
    """Answer one mail to a list's own addresses."""
    tongue = language(to)
    if asked.word == "leave" and asked.chosen is not None and not asked.is_open:
        return None  # has joined again meanwhile
    for applies, words in (
        (asked.is_refused, _refused),
        (asked.is_open, _open),
        (asked.word in ANSWERS, ANSWERS.get(asked.word, _done)),
    ):
        if applies:
            return words(asked, to, house, tongue)
    return _done(asked, to, house, tongue)


def _letter(
    asked: Asked,
    tongue: Language,
    subject: str,
    *paragraphs: str,
    buttons: tuple[Button, ...] = (),
    facts: tuple[tuple[str, str], ...] = (),
) -> Letter:
    address = asked.mailing_list.address
    return Letter(
        language=tongue,
        subject=f"{subject} ({address})",
        paragraphs=tuple(filter(None, paragraphs)),
        facts=facts,
        buttons=buttons,
        why=say(tongue, "You get this because a mail from you asked for it."),
    )


def _done(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    """Say that it is done, in the words of the button that does the same."""
    if asked.word == "language":
        done = say(tongue, ACTIONS[LANGUAGES[to.language]].done)
    else:
        done = say(tongue, ACTIONS[DONE.get(asked.word, f"mailing_list.{asked.word}")].done)
    is_of_list = asked.chosen is not None and asked.word not in OF_PERSON
    now = how(tongue, asked.chosen, house) if is_of_list else ""
    return _letter(asked, tongue, say(tongue, "Done"), done, now)


def _left(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    return _letter(
        asked,
        tongue,
        say(tongue, "You are off the list"),
        say(tongue, "No more posts of {list} come to you.", list=asked.mailing_list.address),
        say(tongue, "Was it too much mail? Then take one digest a day instead."),
        buttons=(
            button(tongue, "mailing_list.come_back", asked.mailing_list.id),
            button(tongue, "mailing_list.join", asked.mailing_list.id),
        ),
    )


def _open(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    """Offer the button for what was asked, because anybody could have written that mail."""
    number = asked.mailing_list.id
    if asked.chosen is None and asked.word not in OF_PERSON:
        return _not_on_it(asked, to, house, tongue)
    if asked.word == "remove_address":
        return _by_page(asked, to, house, tongue)
    other = "person.english" if to.language == "nb" else "person.norwegian"
    action = DONE.get(asked.word, f"mailing_list.{asked.word}")
    if asked.word == "language":
        action = LANGUAGES.get(asked.value, other)
    buttons = [replace(button(tongue, action, number), filled=_filled(asked))]
    instead = ""
    if asked.word == "leave":
        instead = say(tongue, "Or is it too much mail? Then take one digest a day instead.")
        buttons.append(button(tongue, "mailing_list.digest", number))
    letter = _letter(
        asked,
        tongue,
        say(tongue, "One press, and it is done"),
        say(
            tongue,
            "A mail in your name asked for this. We cannot tell that it came from you, so press "
            "the button. If it did not, do nothing.",
        ),
        instead,
        buttons=tuple(buttons),
    )
    return replace(letter, stop=button(tongue, "person.disown", 0))


def _filled(asked: Asked) -> tuple[tuple[str, str], ...]:
    """Return what the mail has named of what the page of its button asks for."""
    if asked.word == "pause" and asked.value:
        return (("until_day", asked.value), ("until_time", "00:00"))
    if asked.word == "topic" and asked.value:
        return tuple(zip(("topic", "mode"), asked.value.split(" "), strict=True))
    return ()


def _by_page(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    """Lead to the page of one's addresses: no button may name one that a mail has named."""
    return _letter(
        asked,
        tongue,
        say(tongue, "That is done on your page"),
        say(tongue, "A mail in your name asked for this, and we cannot tell that it was you."),
        say(tongue, "Your addresses are here: {page}", page=f"{house.public_url}/me"),
    )


def _refused(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    if asked.chosen is None and asked.word not in OF_PERSON:
        return _not_on_it(asked, to, house, tongue)
    example = say(tongue, EXAMPLES[asked.word])
    more = ""
    if asked.word == "add_address":
        more = say(tongue, "You can have {most} addresses, each of them once.", most=MOST)
    if asked.word == "remove_address":
        more = say(
            tongue, "It must be yours, and not the one that mail goes to: choose another first."
        )
    return _letter(
        asked,
        tongue,
        say(tongue, "That could not be done"),
        say(tongue, UNCLEAR.get(asked.word, MISSING)) + f"\n{example}",
        more,
        _page(house, tongue) if more else _help(tongue),
    )


def _not_on_it(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    join = button(tongue, "mailing_list.join", asked.mailing_list.id)
    return replace(stranger(asked.mailing_list.address, to, house), buttons=(join,))


def _helped(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    return _letter(
        asked, tongue, say(tongue, "What you can write"), _help(tongue), _page(house, tongue)
    )


def _unknown(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    meant = asked.value
    perhaps = say(tongue, "Did you mean “{word}”?", word=meant) if meant else ""
    return _letter(
        asked,
        tongue,
        say(tongue, "We did not understand that"),
        say(tongue, "A machine reads this address, and it knows few words."),
        perhaps,
        _help(tongue),
        say(
            tongue,
            "To reach people, write to {owner}.",
            owner=owner(asked.mailing_list.address),
        ),
    )


def _rules(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    policy, address = asked.mailing_list.policy, asked.mailing_list.address
    lines = [f"– {say(tongue, law, **policy.values())}" for law in laws(policy)]
    page = f"{house.public_url}/lists/{address}/rules"
    return _letter(
        asked,
        tongue,
        say(tongue, "Posting rules"),
        "\n".join(lines),
        say(tongue, "All rules: {page}", page=page),
    )


def _settings(asked: Asked, to: Reader, house: House, tongue: Language) -> Letter:
    number = asked.mailing_list.id
    facts = (
        (say(tongue, "Name"), to.name),
        (say(tongue, "Address"), to.email),
        (say(tongue, "Language"), "Norsk (bokmål)" if tongue == "nb" else "English"),
    )
    ways = [mode for mode in ("each", "digest", "weekly") if asked.chosen is not None]
    now = {Mode.EACH: "each", Mode.DAILY: "digest", Mode.WEEKLY: "weekly"}
    chosen = now.get(asked.chosen.mode) if asked.chosen else None
    others = [f"mailing_list.{way}" for way in ways if way != chosen]
    return _letter(
        asked,
        tongue,
        say(tongue, "Your settings"),
        how(tongue, asked.chosen, house),
        _page(house, tongue),
        facts=facts,
        buttons=tuple(
            button(tongue, action, number) for action in (others or ["mailing_list.join"])
        ),
    )


def _help(tongue: Language) -> str:
    lines = [f"{say(tongue, word)} – {say(tongue, does)}" for word, does in HELP]
    return "\n".join((say(tongue, "Write one of these as the subject:"), *lines))


def _page(house: House, tongue: Language) -> str:
    return say(tongue, "Everything can also be chosen here: {page}", page=f"{house.public_url}/me")


Words = Callable[[Asked, Reader, House, Language], Letter]

ANSWERS: Final[Mapping[str, Words]] = {
    "help": _helped,
    "rules": _rules,
    "settings": _settings,
    "unknown": _unknown,
    "leave": _left,
}
