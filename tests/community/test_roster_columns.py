from community.people import Role
from community.roster_columns import COLUMNS, HALVES, OTHER_WORDS, ROLE_WORDS, named, role_named


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
    assert named(["Telefon ", "", "Navn", ""]) == ["telefon", "", "name"]


def test_each_other_word_means_the_column_that_it_stands_by() -> None:
    for column, words in {**OTHER_WORDS, **HALVES}.items():
        assert named(words) == [column] * len(words)


def test_role_named_knows_ours_and_the_words_of_an_office() -> None:
    assert [role_named(role) for role in Role] == list(Role)
    assert [role_named(word) for word in ("Postdoktor", "Koordinator ", "post-doc", "boss")] == [
        *(Role.MEMBER, Role.COORDINATOR, Role.MEMBER),
        None,
    ]
    for role, words in ROLE_WORDS.items():
        assert [role_named(word) for word in words] == [role] * len(words)
