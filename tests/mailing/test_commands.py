"""Words that people write to a list's own addresses, in both languages."""

import pytest

from letters.mailed_commands import HELP
from mailing import commands, intake
from mailing.intake import Facts
from texts import LANGUAGES, Language, say


def a_mail(subject: str, text: str = "") -> Facts:
    raw = f"From: ada@example.org\r\nSubject: {subject}\r\n\r\n{text}\r\n"
    return intake.read(raw.encode(), sender="ada@example.org")


@pytest.mark.parametrize(
    ("line", "word", "value"),
    [
        ("help", "help", ""),
        ("Hjelp!", "help", ""),
        ("Join", "join", ""),
        ("bli med", "join", ""),
        ("subscribe postdocs", "join", ""),
        ("Re: unsubscribe", "leave", ""),
        ("SV: Meld ut", "leave", ""),
        ("meld av, takk", "leave", ""),
        ("Meld meg av listen", "leave", ""),
        ("Avmelding", "leave", ""),
        ("Take me off the list", "leave", ""),
        ("meld meg på", "join", ""),
        ("rules", "rules", ""),
        ("kjøreregler", "rules", ""),
        ("who am I?", "settings", ""),
        ("Innstillinger", "settings", ""),
        ("digest", "digest", ""),
        ("digest daily", "digest", ""),
        ("digest weekly", "weekly", ""),
        ("digest off", "each", ""),
        ("oppsamling ukentlig", "weekly", ""),
        ("oppsamling av", "each", ""),
        ("only followed", "followed", ""),
        ("ingen e-post", "none", ""),
        ("none", "none", ""),
        ("pause until 2027-08-16", "pause", "2027-08-16"),
        ("pause til 16.8.2027", "pause", "2027-08-16"),
        ("ferie til 16. 8. 2027", "pause", "2027-08-16"),
        ("pause until 2027-02-31", "pause", ""),
        ("pause until 3 Dec", "pause", "12-03"),
        ("pause", "pause", ""),
        ("fortsett", "resume", ""),
        ("slutt på pause", "resume", ""),
        ("language nb", "language", "nb"),
        ("Språk engelsk", "language", "en"),
        ("language klingon", "language", ""),
        ("confirm 17-abc", "confirm", "17-abc"),
        ("ja", "confirm", ""),
        ("add address <Ada@Home.example>", "add_address", "ada@home.example"),
        ("legg til adresse: ada@hjemme.example", "add_address", "ada@hjemme.example"),
        ("remove address ada@home.example", "remove_address", "ada@home.example"),
        ("fjern adresse", "remove_address", ""),
        ("remove me", "leave", ""),
        ("topic job digest", "topic", "job digest"),
        ("Topic: [jobs] not at all", "topic", "job none"),
        ("tema jobb oppsamling", "topic", "job digest"),
        ("emne spørsmål: straks", "topic", "question each"),
        ("tema sosialt som de andre", "topic", "social list"),
        ("topic lunch digest", "topic", ""),
        ("topic job sometimes", "topic", ""),
        ("topic", "topic", ""),
    ],
)
def test_a_line_is_read(line: str, word: str, value: str) -> None:
    assert commands.read(line) == (word, value)


@pytest.mark.parametrize("line", ["", "Lunch on Friday?", "helpless", "joint work", "16.8.2027"])
def test_other_lines_are_none_of_ours(line: str) -> None:
    assert commands.read(line) is None


@pytest.mark.parametrize(
    ("subject", "text", "word", "nearest"),
    [
        ("", "leave\n", "leave", ""),
        ("Hei", "Hei!\n\nmeld ut\n", "leave", ""),
        ("(no subject)", "> quoted\nrules\n", "rules", ""),
        ("unsubscrib", "", "", "unsubscribe"),
        ("digset weekly", "", "", "digest weekly"),
        ("kjørergler", "", "", "kjøreregler"),
        ("Lunch", "Shall we have lunch?", "", ""),
    ],
)
def test_the_subject_counts_or_else_the_first_line(
    subject: str, text: str, word: str, nearest: str
) -> None:
    found = commands.wish(a_mail(subject, text), sub="request", language="en")

    assert (found.word, found.nearest) == (word, nearest)


@pytest.mark.parametrize(
    ("sub", "word"),
    [("join", "join"), ("subscribe", "join"), ("leave", "leave"), ("unsubscribe", "leave")],
)
def test_an_address_says_it_whatever_is_written(sub: str, word: str) -> None:
    assert commands.wish(a_mail("rules"), sub=sub, language="en").word == word


@pytest.mark.parametrize(
    ("subject", "text", "default", "language"),
    [
        ("bli med", "", "en", "nb"),
        ("join", "", "nb", "en"),
        ("", "Hei, jeg vil gjerne være med på lista. Hilsen Eve", "en", "nb"),
        ("", "Hello, I would like to join the list. Regards, Eve", "nb", "en"),
        ("", "", "nb", "nb"),
    ],
)
def test_a_stranger_is_answered_in_the_language_that_they_wrote(
    subject: str, text: str, default: str, language: str
) -> None:
    assert commands.wish(a_mail(subject, text), sub="join", language=default).language == language


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_every_word_of_the_help_is_understood(tongue: Language) -> None:
    understood = [commands.read(say(tongue, words)) for words, _ in HELP]

    assert None not in understood
    assert ("topic", "job digest") in understood
