"""What the relay has and what our rows say: each way in which they can differ."""

import pytest

from app.reckoning import Copy, NotAJournal, Owed, Witness, bare, normal, read, reckon, together

ADA = Copy("17@example.org", "ada@example.org")
BO = Copy("17@example.org", "bo@example.org")


def test_a5_nothing_is_wrong_when_the_relay_has_what_the_rows_say() -> None:
    rows = [Owed(copy=ADA, is_relayed=True), Owed(copy=BO, is_relayed=False)]

    found = reckon(
        Witness(acked=("17@example.org",), taken=(ADA,)), owed=rows, posts={"17@example.org"}
    )

    assert found.is_sound
    assert (found.acked, found.taken, found.second_copies) == (1, 1, 0)
    assert (found.forgotten, found.lost, found.doubled, found.strangers) == ((), (), (), ())
    assert (found.unexplained, found.in_doubt) == ((), ())


def test_a1_a_mail_that_was_acknowledged_and_is_no_post_is_forgotten() -> None:
    found = reckon(
        Witness(acked=("<17@example.org>", "18@example.org")), owed=[], posts=["<17@example.org>"]
    )

    assert found.forgotten == ("18@example.org",)
    assert not found.is_sound


def test_d1_a_copy_that_is_called_relayed_and_never_came_is_lost() -> None:
    rows = [Owed(copy=ADA, is_relayed=True), Owed(copy=BO, is_relayed=True)]

    found = reckon(Witness(taken=(BO,)), owed=rows, posts=())

    assert found.lost == (ADA,)
    assert not found.is_sound


def test_d2_a_second_copy_within_the_doubts_is_counted_and_is_no_fault() -> None:
    rows = [Owed(copy=ADA, is_relayed=True, doubts=1)]

    found = reckon(Witness(taken=(ADA, ADA)), owed=rows, posts=())

    assert found.doubled == ((ADA, 1),)
    assert (found.second_copies, found.unexplained, found.in_doubt) == (1, (), (ADA,))
    assert found.is_sound


def test_d2_a_second_copy_beyond_the_doubts_is_a_fault() -> None:
    rows = [Owed(copy=ADA, is_relayed=True, doubts=1), Owed(copy=BO, is_relayed=True)]

    found = reckon(Witness(taken=(ADA, ADA, ADA, BO, BO)), owed=rows, posts=())

    assert found.doubled == ((ADA, 2), (BO, 1))
    assert found.unexplained == ((ADA, 1), (BO, 1))
    assert not found.is_sound


def test_d2_a_copy_of_a_row_that_knows_of_no_try_is_a_fault() -> None:
    found = reckon(Witness(taken=(ADA,)), owed=[Owed(copy=ADA, is_relayed=False)], posts=())

    assert (found.doubled, found.unexplained) == ((), ((ADA, 1),))
    assert not found.is_sound


def test_d7_a_copy_for_somebody_without_a_row_is_a_stranger() -> None:
    found = reckon(Witness(taken=(BO,)), owed=[Owed(copy=ADA, is_relayed=False)], posts=())

    assert found.strangers == (BO,)
    assert not found.is_sound


def test_a_mail_to_two_lists_with_the_same_reader_comes_twice() -> None:
    rows = [Owed(copy=ADA, is_relayed=True), Owed(copy=ADA, is_relayed=True)]

    assert reckon(Witness(taken=(ADA, ADA)), owed=rows, posts=()).is_sound
    assert reckon(Witness(taken=(ADA,)), owed=rows, posts=()).lost == (ADA,)


def test_signs_around_a_message_id_and_the_case_of_an_address_make_no_difference() -> None:
    rows = [Owed(copy=Copy("<17@example.org>", "Ada@Example.org"), is_relayed=True)]

    assert reckon(Witness(taken=(ADA,)), owed=rows, posts=()).is_sound
    assert bare(" <17@example.org> ") == "17@example.org"
    assert normal("<Ada@Example.org>") == "ada@example.org"


def test_a_journal_holds_what_was_acknowledged_and_what_was_taken() -> None:
    lines = [
        '{"message_id": "<17@example.org>"}\n',
        "\n",
        '{"message_id": "<17@example.org>", "recipient": "Ada@example.org", "at": 12}\n',
    ]

    assert read(lines) == Witness(acked=("17@example.org",), taken=(ADA,))


@pytest.mark.parametrize("line", ["nonsense", "17", '{"recipient": "ada@example.org"}'])
def test_a_line_that_is_no_journal_is_named_and_one_that_was_cut_at_the_end_is_not(
    line: str,
) -> None:
    with pytest.raises(NotAJournal, match="line 1 has no message_id"):
        read([f"{line}\n", '{"message_id": "a"}\n'])

    assert read(['{"message_id": "a"}\n', line]) == Witness(acked=("a",))


def test_several_journals_are_one() -> None:
    assert together([Witness(acked=("a",)), Witness(taken=(ADA,)), Witness(taken=(BO,))]) == (
        Witness(acked=("a",), taken=(ADA, BO))
    )
