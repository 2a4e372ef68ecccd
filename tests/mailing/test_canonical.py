from collections.abc import Callable

import pytest

from mailing import canonical, headers


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (canonical.relaxed_body, b" C\r\nD E\r\n"),
        (canonical.simple_body, b" C \r\nD \t E\r\n"),
    ],
)
def test_rfc6376_3_4_5_the_example_of_a_body(
    form: Callable[[bytes], bytes], expected: bytes
) -> None:
    assert form(b" C \r\nD \t E\r\n\r\n\r\n") == expected


def test_rfc6376_3_4_5_the_example_of_a_header() -> None:
    fields = headers.part(b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n").fields

    assert [canonical.relaxed_field(field.raw) for field in fields] == [b"a:X\r\n", b"b:Y Z\r\n"]
    assert [canonical.simple_field(field.raw) for field in fields] == [
        b"A: X\r\n",
        b"B : Y\t\r\n\tZ  \r\n",
    ]


@pytest.mark.parametrize(
    ("body", "relaxed", "simple"),
    [
        (b"", b"", b"\r\n"),
        (b"\r\n\r\n", b"", b"\r\n"),
        (b" \t\r\n \r\n", b"", b" \t\r\n \r\n"),
        (b"a", b"a\r\n", b"a\r\n"),
        (b"a\x0cb \x0b\r\n", b"a\x0cb \x0b\r\n", b"a\x0cb \x0b\r\n"),
        (b"   a    b\t\t \r\n", b" a b\r\n", b"   a    b\t\t \r\n"),
    ],
)
def test_bodies_in_both_forms(body: bytes, relaxed: bytes, simple: bytes) -> None:
    assert (canonical.relaxed_body(body), canonical.simple_body(body)) == (relaxed, simple)


def test_of_fields_of_one_name_the_lowest_comes_first_and_a_missing_one_is_nothing() -> None:
    fields = headers.part(b"R: 1\r\nF: x\r\nR: 2\r\nR: 3\r\n\r\n").fields

    chosen = list(canonical.selected(fields, ("r", "f", "r", "t", "f")))

    assert chosen == [b"R: 3\r\n", b"F: x\r\n", b"R: 2\r\n"]


def test_tags_are_read_with_blanks_around_them() -> None:
    assert canonical.tags(b" v = 1; a=b=c;\r\n\tbh= x\r\n y ; ") == {
        "v": "1",
        "a": "b=c",
        "bh": "x\r\n y",
    }


@pytest.mark.parametrize("text", [b"v=1; v=2", b"v", b"=1", b"1v=1", b"v=1; \xe5=2"])
def test_what_is_no_list_of_tags_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="list of tags"):
        canonical.tags(text)


@pytest.mark.parametrize(
    ("raw", "emptied"),
    [
        (b"S: bh=b=; b=ab\r\n\tcd; t=1\r\n", b"S: bh=b=; b=; t=1"),
        (b"S: v=1; b = ab \r\n", b"S: v=1; b ="),
        (b"S: b=a;\r\n", b"S: b=;"),
    ],
)
def test_the_signature_itself_is_left_out_and_nothing_else(raw: bytes, emptied: bytes) -> None:
    assert canonical.without_signature(raw) == emptied
