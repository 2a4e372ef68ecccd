import pytest

from mailing import replies
from mailing.replies import Reply


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("5.7.1 Du må vente på Åse – prøv igjen.", "550 5.7.1 Du ma vente pa Ase - prov igjen."),
        ("5.7.1 «Ærlig»\r\n250 ok", '550 5.7.1 "AErlig"  250 ok'),
        ("5.7.1 \x00\x1b[31m", "550 5.7.1 [31m"),
        ("x" * 1000, "550 " + "x" * 506),
    ],
)  # fmt: skip
def test_line_is_one_line_of_ascii(text: str, line: str) -> None:
    assert Reply(code=550, text=text).line() == line


def test_each_reply_of_ours_has_an_enhanced_code_of_its_class() -> None:
    ours = [each for each in vars(replies).values() if isinstance(each, Reply)]

    assert len(ours) > 20
    assert [each for each in ours if each.text[:2] != f"{each.code // 100}."] == []


def test_only_a_2xx_is_a_yes() -> None:
    assert (replies.TAKEN.is_yes, replies.FAULT.is_yes, replies.TOO_BIG.is_yes) == (
        True,
        False,
        False,
    )
