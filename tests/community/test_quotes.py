"""What is the author's own in a post, whatever program wrote it."""

import time

import pytest

from community.quotes import own_words, words_of

QUOTED = "> Lunch on Thursday?\n> \n>> Where?\n"


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 1 Feb 2027 at 10:00, Ada Holm <ada@example.org> wrote:",
        "On Mon, Feb 1, 2027 at 10:00 AM Ada Holm\n<ada.holm.with.a.long.name@example.org> wrote:",
        "man. 1. feb. 2027 kl. 10:00 skrev Ada Holm <ada@example.org>:",
        "Den 01.02.2027 10:00, skrev Ada Holm:",
        "Måndag 1. februar 2027 skreiv Ada Holm:",
        "Den mån 1 feb. 2027 kl 10:00 skrev Ada Holm <ada@example.org>:",
        "Den 1. feb. 2027 kl. 10.00 skrev Ada Holm:",
        "On Mon, Feb 1, 2027 at 10:00 AM Ada Holm <\nreply+1-0a2b@lists.example.org> wrote:",
        "Am 01.02.27 um 10:00 schrieb Ada Holm:",
        # As Gmail breaks what does not fit into a line.
        "On Mon, Feb 1, 2027 at 10:00 AM Ada Holm <ada.holm@example.org\n> wrote:",
        "man. 1. feb. 2027 kl. 10:00 skrev Ada Holm <ada.holm@example.org\n>:",
        # In the languages of our members.
        "El lun, 1 feb 2027 a las 10:00, Ada Holm (<ada@example.org>) escribió:",
        "Le lun. 1 févr. 2027 à 10:00, Ada Holm <ada@example.org> a écrit :",
        "Kari <ada@example.org> 于2027年2月1日周一 10:00写道：",
        "pon., 1 lut 2027 o 10:00 Ada Holm <ada@example.org> napisał(a):",
        "2027-02-01 10:00 GMT+01:00 Ada Holm <ada@example.org>:",
        "2027年2月1日(月) 10:00 Ada Holm <ada@example.org>:",
    ],
)
def test_a_quote_below_goes_with_its_attribution(attribution: str) -> None:
    assert own_words(f"Yes, at 12.\n\n{attribution}\n\n{QUOTED}") == "Yes, at 12."


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 1 Feb 2027 at 10:00, Ada Holm wrote:",
        "Ada Holm skrev 01.02.2027 10:00:",
        "> Den 1. feb. 2027 kl. 10:00 skrev Ada Holm <ada@example.org>:",
        "> wrote:",
    ],
)
def test_words_right_above_an_attribution_are_the_authors(attribution: str) -> None:
    assert own_words(f"Yes, at 12.\n{attribution}\n{QUOTED}") == "Yes, at 12."


@pytest.mark.parametrize(
    "below",
    [
        "-- \nWei Zhang\nDepartment of Physics",
        "-----Original Message-----\nFrom: Ada\nSent: Monday\n\nLunch?",
        "-----Opprinnelig melding-----\nLunsj?",
        "Fra: Ada Holm\nSendt: mandag 1. februar 2027 10:00\nTil: postdocs\n\nLunsj?",
        "*From:* Ada Holm\n*Date:* Monday\n\nLunch?",
        "De : Ada Holm\nEnvoyé : lundi 1 février 2027 10:00\nÀ : postdocs\n\nLunch?",
        "Da: Ada Holm\nInviato: lunedì 1 febbraio 2027 10:00\n\nLunch?",
        "发件人: Ada Holm\n发送时间: 2027年2月1日\n\nLunch?",
        "-----Mensaje original-----\nDe: Ada\n\nLunch?",
    ],
)
def test_a_signature_and_a_whole_mail_below_go(below: str) -> None:
    assert own_words(f"Yes.\n\n{below}\n") == "Yes."


def test_a_gap_stands_between_answers_to_parts_of_a_mail() -> None:
    text = "> Lunch?\nYes.\n\n> Where?\n> When?\n\nHangaren.\n> Bye\n"

    assert own_words(text) == "Yes.\n\n[…]\n\nHangaren."


def test_a_post_of_quotes_alone_says_so_and_never_nothing() -> None:
    assert own_words(QUOTED) == "[…]"
    assert own_words(" \n") == ""


@pytest.mark.parametrize(
    "text",
    [
        "He wrote:\nnothing at all.",
        "From: the heart\nthanks",
        "De: a b\nData we have: none",
        "Write to Ada <ada@example.org>:\nshe knows",
        "a > b\nand so on",
        "First\n\n\nlast",
    ],
)
def test_words_that_only_look_like_it_stay(text: str) -> None:
    assert own_words(text) == text


@pytest.mark.parametrize(
    "piece", ["> a\n", "a\n> b\n", "x wrote:\n\n", "\n", "a\n\n> b\n", "From: x\n", "-- x\n"]
)
def test_it_takes_time_in_step_with_the_length(piece: str) -> None:
    began = time.process_time()

    own_words(piece * (200_000 // len(piece)))

    assert time.process_time() - began < 20  # not in step it takes minutes


@pytest.mark.parametrize(
    "below",
    [
        "Sent from my iPhone",
        "Sendt fra min iPhone",
        "Sendt fra Outlook for Android<https://aka.ms/AAb9ysg>",
        "Get Outlook for iOS<https://aka.ms/o0ukef>\n________________________________",
        "Sent from my Galaxy\n\nOn Mon, 1 Feb 2027 at 10:00, Ada Holm wrote:\n> Lunch?",
    ],
)
def test_what_a_telephone_says_of_itself_is_not_the_authors(below: str) -> None:
    assert own_words(f"Yes, at 12.\n\n{below}") == "Yes, at 12."


def test_a_last_line_about_where_it_was_sent_from_stays() -> None:
    text = "Yes, at 12.\nSent from my office in Bergen"

    assert own_words(text) == text


def test_what_begins_a_thread_passes_on_what_it_quotes() -> None:
    forwarded = (
        "See below.\n\n________\nFra: Ada Holm\nSendt: mandag\nEmne: A call\n\nApply by May."
    )

    assert words_of(forwarded, is_reply=False) == forwarded
    assert words_of(forwarded, is_reply=True) == "See below."
    assert words_of("Lunch?\n-- \nAda\n", is_reply=False) == "Lunch?"
