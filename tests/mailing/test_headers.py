from hypothesis import given
from hypothesis import strategies as st

from mailing import headers


def test_part_cuts_fields_and_body_and_keeps_the_bytes() -> None:
    parted = headers.part(b"From: a@b.c\r\nSubject: x\r\n\ty\r\n\r\nbody\r\n")

    assert [(field.name, field.raw) for field in parted.fields] == [
        ("from", b"From: a@b.c\r\n"),
        ("subject", b"Subject: x\r\n\ty\r\n"),
    ]
    assert parted.first("subject") == b"x\ty"
    assert parted.body == b"body\r\n"


def test_part_ends_the_header_at_a_line_that_is_no_field() -> None:
    parted = headers.part(b"From: a@b.c\r\nnot a field\r\nTo: x@y.z\r\n\r\nbody")

    assert [field.name for field in parted.fields] == ["from"]
    assert parted.body == b"not a field\r\nTo: x@y.z\r\n\r\nbody"


def test_part_ends_a_field_that_was_cut_off() -> None:
    assert headers.part(b"Subject: x").fields[0].raw == b"Subject: x\r\n"


@given(st.binary(max_size=400))
def test_part_loses_nothing(raw: bytes) -> None:
    parted = headers.part(raw)
    joined = b"".join(field.raw for field in parted.fields)

    if not raw.startswith(b"From "):
        assert raw in (joined + parted.body, joined + b"\r\n" + parted.body, joined[:-2])
