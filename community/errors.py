"""The expected "no" of the community.

Acts raise `Refusal`; doors show its words in the reader's language. Whatever else is raised is a
bug.
"""

from datetime import date, datetime


def N_(message: str) -> str:  # noqa: N802 - the name by which Babel finds it
    """Mark a sentence that a door will translate; return it as it is."""
    return message


Fact = str | int | float | date | datetime


class Refusal(Exception):
    """An expected "no", with words for the reader and what to do instead.

    `message` is an English sentence with `{placeholders}`; it is the key of its translation, and
    `facts` fill it. A door shows `texts.say(language, refusal.message, **refusal.facts)`.
    """

    def __init__(self, message: str, **facts: Fact) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def __str__(self) -> str:
        return self.message.format(**self.facts)


class Over(Refusal):
    """The "no" to a moment that is over; a form shows it beside the moment."""

    def __init__(self) -> None:
        super().__init__("That time is over. Choose one that is still to come.")
