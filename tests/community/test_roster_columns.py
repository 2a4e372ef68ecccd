from community.roster_columns import COLUMNS, OTHER_WORDS, named


def test_named_knows_ours_and_the_other_words_however_they_are_written() -> None:
    assert named(COLUMNS) == list(COLUMNS)
    assert named([" E-Mail ", "Full name", "Starts on", "END_DATE", "Fagområde"]) == [
        "email",
        "name",
        "starts_on",
        "ends_on",
        "fields",
    ]


def test_named_leaves_a_word_that_it_does_not_know() -> None:
    assert named(["Telefon ", ""]) == ["telefon", ""]


def test_each_other_word_means_the_column_that_it_stands_by() -> None:
    for column, words in OTHER_WORDS.items():
        assert named(words) == [column] * len(words)
