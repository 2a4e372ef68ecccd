"""Short answers: what was done, what is refused, who may not come in, and how one may."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.kit import Json, Shown
from community.errors import Over, Refusal
from texts import N_, Language, say

GUEST = N_(
    "Guests and people of other organisations cannot use this here. If you are a postdoc, write to "
    "the coordinators; everything works by e-mail and on the web as well."
)


def said(words: str) -> Shown:
    """Return one sentence as a message."""
    return kit.message([kit.words(words)], words)


def guest(language: Language) -> str:
    """Say politely that this is for full members of the workspace."""
    return say(language, GUEST)


def way_in(language: Language, *, name: str) -> Shown:
    """Return a friendly way in for somebody we do not know yet."""
    blocks = way_in_blocks(language, name=name)
    return kit.message(blocks, say(language, "We do not know you yet."))


def way_in_blocks(language: Language, *, name: str) -> list[Json]:
    """Return the way in, for a message or the Home tab."""
    return [
        kit.header(say(language, "Welcome to {name}", name=name)),
        kit.words(
            say(
                language,
                "We do not know you yet by the address that Slack has of you. If you belong to the "
                "community under another address, tell us which one and press the button in the "
                "mail that comes.",
            )
        ),
        *kit.rows([kit.button(say(language, "This is me"), "person.ask", style="primary")]),
        kit.small(say(language, "New here? Ask a coordinator to add you.")),
    ]


def ask_form(language: Language) -> Json:
    """Return the form in which somebody says who they are."""
    return kit.modal(
        "person.ask",
        say(language, "This is me"),
        [
            kit.asked(
                "email",
                say(language, "The address that the community knows you by"),
                {"type": "email_text_input"},
            )
        ],
        submit=say(language, "Send me the mail"),
        close=say(language, "Close"),
    )


def asked(language: Language) -> Json:
    """Return what everybody sees who asked, known or not (P2)."""
    words = say(
        language,
        "If we know that address, a mail is on its way to it. Press the button in the mail, and "
        "you are in. If nothing comes, ask a coordinator.",
    )
    return closing(language, words)


def closing(language: Language, words: str, *more: Json) -> Json:
    """Return a view that only says something."""
    return kit.modal("closing", "Samband", [kit.words(words), *more], close=say(language, "Close"))


def of_blocks(language: Language, name: str, blocks: Sequence[Json], *, kept: Json) -> Json:
    """Return a view that shows a list; what is pressed in it comes back under `name`."""
    return kit.modal(name, "Samband", blocks, close=say(language, "Close"), kept=kept)


def waiting(language: Language) -> Json:
    """Return the view that is shown while something takes longer than Slack waits."""
    words = say(language, "This takes longer than usual. You will see here when it is done.")
    return closing(language, words)


def field_for(view: Json, refusal: Refusal | None) -> str | None:
    """Return the block_id of the field of a form beside which a "no" can stand."""
    fields = [block for block in view.get("blocks", []) if block.get("type") == "input"]
    moments = [block for block in fields if block["element"]["type"] == "datetimepicker"]
    fitting = moments if isinstance(refusal, Over) and moments else fields
    return str(fitting[0]["block_id"]) if fitting else None


def beside(words: str) -> str:
    """Return a "no" short enough to stand beside a field."""
    return kit.cut(words, 300)
