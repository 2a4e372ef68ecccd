"""Links and addresses: ours are read, everything else is refused."""

import ast
import inspect
import string
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from community import tokens
from community.errors import Refusal
from community.tokens import Right, Tokens

OURS, OTHER = Tokens("a key for tests"), Tokens("another key")
RIGHT = Right("meetup.join", 17, 230)
TORN = "This link is not whole. Copy all of it from the mail, or use the button there."

ids = st.integers(1, 10**18 - 1)
purposes = st.sampled_from(["bounce", "reply"])


def _refusal(read: Callable[[str], Right], token: str) -> str:
    with pytest.raises(Refusal) as refused:
        read(token)
    return str(refused.value)


def _read(token: str) -> Right | str:
    try:
        return OURS.right(token)
    except Refusal as refusal:
        return str(refusal)


@given(st.builds(Right, st.sampled_from(["meetup.join", "post.accept"]), ids, ids))
def test_a_link_gives_back_its_right_and_fits_into_a_path(right: Right) -> None:
    token = OURS.link(right)

    assert OURS.right(token) == right
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")


def test_the_same_right_has_the_same_link_and_another_person_another() -> None:
    assert OURS.link(RIGHT) == OURS.link(RIGHT)
    others = {Right("meetup.join", 17, 231), Right("meetup.join", 18, 230)}
    assert OURS.link(RIGHT) not in {OURS.link(right) for right in others}


@given(st.integers(0, 200), st.sampled_from(string.ascii_letters + string.digits + "-_.%æ\0"))
def test_a_link_with_one_sign_changed_is_refused_or_the_same(at: int, sign: str) -> None:
    token = OURS.link(RIGHT)
    at %= len(token)
    changed = token[:at] + sign + token[at + 1 :]

    # Base64 leaves spare bits in the last sign.
    assert _read(changed) in ((RIGHT,) if changed == token else (TORN, RIGHT))


def test_a_link_of_another_key_or_purpose_is_refused() -> None:
    other_purpose = URLSafeSerializer("a key for tests", salt="other").dumps(["meetup.join", 17, 1])
    for token in (OTHER.link(RIGHT), str(other_purpose), OURS.stamp("reply", 17)):
        assert _refusal(OURS.right, token) == TORN


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda octets: octets.decode("latin-1")))
@example("")
@example(".")
@example("\ud800")
@example("WzEsMl0.x")
@example("1-\ud800")
def test_garbage_is_refused_and_breaks_nothing(garbage: str) -> None:
    assert _refusal(OURS.right, garbage) == TORN
    assert OURS.stamped("bounce", garbage) is None


@given(purposes, ids)
def test_a_stamp_gives_back_its_id_whatever_an_mta_does_to_its_case(
    purpose: str, number: int
) -> None:
    stamp = OURS.stamp(purpose, number)

    assert stamp == stamp.lower()
    assert set(stamp) <= set(string.ascii_lowercase + string.digits + "-")
    assert OURS.stamped(purpose, stamp) == number
    assert OURS.stamped(purpose, stamp.upper()) == number
    # A local part may have 64 octets (RFC 5321): `reply+` and the stamp of a usual id fit.
    assert len(f"reply+{OURS.stamp(purpose, 10**9)}") <= 64


@given(purposes, ids, st.integers(0, 31))
def test_a_stamp_that_is_not_ours_is_none(purpose: str, number: int, at: int) -> None:
    id_of, _, mac = OURS.stamp(purpose, number).partition("-")
    turned = "0" if mac[at] != "0" else "1"
    wrong = {
        OTHER.stamp(purpose, number),
        OURS.stamp("other", number),
        f"{number + 1}-{mac}",
        f"{id_of}-{mac[:at]}{turned}{mac[at + 1 :]}",
        f"{id_of}-{mac[:-1]}",
        f"{id_of}-",
        id_of,
        f"²-{mac}",
        "9" * 5000 + f"-{mac}",
    }

    assert {OURS.stamped(purpose, stamp) for stamp in wrong} == {None}


def test_macs_are_compared_in_constant_time() -> None:
    """Find no `==` on a secret here: itsdangerous compares its own, we compare by `hmac`."""
    tree = ast.parse(inspect.getsource(tokens))
    equal = [node for node in ast.walk(tree) if isinstance(node, ast.Eq | ast.NotEq)]

    assert equal == []
    assert "hmac.compare_digest(" in inspect.getsource(Tokens.stamped)
