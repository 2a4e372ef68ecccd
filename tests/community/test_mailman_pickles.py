"""Pickles: those of Mailman 2.1, and those that are none."""

import pickle
import subprocess
from collections import OrderedDict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import mailman2_files, mailman_pickles
from community.errors import Refusal
from community.mailman_pickles import Broken, Record


@pytest.mark.parametrize("protocol", range(3))
def test_plain_containers_come_back_as_they_were(protocol: int) -> None:
    shared = [1, 2]
    whole = {
        "a": [shared, shared, {"b": (), "c": (1,), "d": (1, 2), "e": (1, 2, 3), "f": (1, 2, 3, 4)}],
        "numbers": [0, -1, 255, 256, 70_000, 2**31, -(2**80), 1.5, True, False, None],
        "words": ["", "x" * 300, "Bjørn", "\u2014"],
        1: "one",
    }

    assert mailman_pickles.load(pickle.dumps(whole, protocol)) == whole


def test_objects_of_mailman_are_nothing_whatever_is_done_to_them() -> None:
    for raw in (
        b"(iMailman.Bouncer\n_BounceInfo\n}U\x05scoreK\x01sb.",
        b"(cMailman.Bouncer\n_BounceInfo\nK\x01o}b.",
        b"cMailman.Bouncer\n_BounceInfo\n)\x81}b.",
        b"ccopy_reg\n_reconstructor\n(cMailman.x\nY\nc__builtin__\nobject\nNtR}b.",
        b"c__builtin__\nset\n(](K\x01etR.",
        b"cMailman.x\nY\nK\x01b.",
        b"cMailman.x\nY\n(K\x01K\x02u(K\x01e.",
    ):
        assert isinstance(mailman_pickles.load(raw), Record)


class Touch:
    """An object that would run a command when its pickle is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return subprocess.check_call, (["touch", str(self.path)],)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_hostile_pickle_is_refused_and_runs_nothing(tmp_path: Path, protocol: int) -> None:
    raw = pickle.dumps({"members": {"a@b.org": Touch(tmp_path / "ran")}}, protocol)

    with pytest.raises(Refusal) as no:
        mailman2_files.read_pickle(raw)

    named = str(no.value.facts.get("what"))  # from protocol 4 on it is said in another way
    assert (named.endswith(".check_call"), named == "None") == (protocol < 4, protocol >= 4)
    assert list(tmp_path.iterdir()) == []


def test_what_mailman_does_not_name_is_refused_by_name() -> None:
    named = {
        b"cos\nsystem\n(S'id'\ntR.": "os.system",
        b"(S'id'\nios\nsystem\n.": "os.system",
        b"c__builtin__\neval\n(S'1'\ntR.": "__builtin__.eval",
        b"cbuiltins\ngetattr\n(cMailman\nx\nS'y'\ntR.": "builtins.getattr",
        b"ccopy_reg\n_reconstructor\n(cos\nsystem\nNNtR.": "os.system",
        b"cMailman.x\nY\n(N}S'a'\ncposix\nsystem\nstb.": "posix.system",
        b"cMailmanX\nY\n.": "MailmanX.Y",
        pickle.dumps(OrderedDict(), 2): "collections.OrderedDict",
    }

    for raw, name in named.items():
        with pytest.raises(Refusal) as no:
            mailman_pickles.load(raw)
        assert no.value.facts["what"] == name


def test_bombs_cost_no_more_than_their_length() -> None:
    # The key of a table is a tuple of twice a tuple of twice ...: 2^500 steps, to find its place.
    tower = b")q\x000" + b"h\x00h\x00\x86q\x000" * 500

    assert mailman_pickles.load(b"}" + tower + b"h\x00K\x01s.") == {}
    assert mailman_pickles.load(b"]r\xff\xff\xff\x7f.") == []
    assert mailman_pickles.load(b"]p2147483647\n.") == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"N",
        b".",
        b"cMailman.os\nsystem\n(S'id'\ntR",
        b"Pname\n.",
        b"\x82\x01.",
        b"N2\x86.",
        b"T\xff\xff\xff\x7fx.",
        b"\x8b\xff\xff\xff\x7fx.",
        b"L" + b"9" * 10_000 + b"L\n.",
        b"\x96" + b"\xff" * 7 + b"\x7f.",
        b"\x8e" + b"\xff" * 8 + b".",
        b"h\x07.",
        b"R.",
        b"K\x01R.",
        b"(o.",
        b"K\x01a.",
        b"}(K\x01u.",
        b"(" * 100_000,
    ],
)
def test_what_is_no_pickle_of_mailman_is_none(raw: bytes) -> None:
    with pytest.raises(Broken):
        mailman_pickles.load(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"]" * 100_000 + b".", pickle.dumps([1]), pickle.dumps({"members": []}, 2)]
)
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        mailman2_files.read_pickle(raw)


@given(st.binary())
def test_any_bytes_are_a_list_or_refused(raw: bytes) -> None:
    try:
        mailman2_files.read_pickle(raw)
    except Refusal:
        return
