import pytest

from texts import LANGUAGES, language_of


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("EN_us", "en"),
        ("nb", "nb"),
        (" nb-NO ", "nb"),
        ("nn", "nb"),
        ("no", "nb"),
        ("sv_SE", "nb"),
        ("de-DE", "en"),
        ("", "en"),
    ],
)
def test_language_of_is_the_nearest_of_ours(tag: str, language: str) -> None:
    assert language_of(tag) == language


def test_language_of_is_the_default_when_we_do_not_speak_it() -> None:
    assert language_of("de", default="nb") == "nb"


def test_english_is_the_first_language() -> None:
    assert LANGUAGES == ("en", "nb")
