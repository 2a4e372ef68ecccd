"""Lists of Mailman, read; and pickles that are none."""

import json
import pickle
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import mailman_files
from community.errors import Refusal
from community.lists import Mode
from community.mailman_files import OldMember

CONFIG = {
    "real_name": "Postdocs",
    "members": {"ada@example.org": 0, "bo@example.org": "Bo@example.org", "di@example.org": 0},
    "digest_members": {"cy@example.org": 0},
    "user_options": {"bo@example.org": 128 | 2, "cy@example.org": 0},
    "delivery_status": {"di@example.org": (4, 1_700_000_000.0)},
    "usernames": {"ada@example.org": "Ada Holm"},
    "generic_nonmember_action": 3,
    "subscribe_policy": 2,
    "from_is_list": 0,
    "subject_prefix": "[Postdocs] ",
    "owner": ["kari@example.org"],
    "passwords": {"ada@example.org": "secret"},
    "accept_these_nonmembers": [],
}


def a_pickle(name: bytes = "Bjørn".encode()) -> bytes:
    """Write a config as Mailman's Python 2 did: an instance of its own, names as bytes."""
    whole = pickle.dumps(CONFIG, protocol=1)[:-1]
    bounces = b"(iMailman.Bouncer\n_BounceInfo\n}U\x05scoreK\x01sb"
    named = b"}U\x0ebo@example.orgU%c%b" % (len(name), name) + b"s"
    return whole + b"U\x0bbounce_info" + bounces + b"s" + b"U\x09usernames" + named + b"s."


def test_list_of_mailman_2_is_read() -> None:
    found = mailman_files.read_pickle(a_pickle())

    assert found.members == (
        OldMember(email="ada@example.org", name="", mode=Mode.EACH),
        OldMember(email="bo@example.org", name="Bjørn", mode=Mode.EACH, is_held=True),
        OldMember(email="di@example.org", name="", mode=Mode.NONE),
        OldMember(email="cy@example.org", name="", mode=Mode.DAILY),
    )
    assert found.policy == ("nonmembers=reject", "join=approve", "from_munging=dmarc")
    assert found.homeless == (("owner", "kari@example.org"), ("subject_prefix", "[Postdocs] "))


def test_name_in_another_character_set_is_read() -> None:
    found = mailman_files.read_pickle(a_pickle("Bjørn".encode("latin-1")))

    assert found.members[1].name == "Bjørn"


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
        mailman_files.read_pickle(raw)

    assert str(no.value.facts["what"]).endswith(".check_call")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"cos\nsystem\n(S'id'\ntR.",
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"cbuiltins\ngetattr\n(cMailman\nx\nS'y'\ntR.",
        b"ccopy_reg\n_reconstructor\n(cos\nsystem\nNNtR.",
        b"cMailman.os\nsystem\n(S'id'\ntR.",
        b"Pname\n.",
        b"\x82\x01.",
        b"\x96" + b"\xff" * 7 + b"\x7f.",
        b"\x8e" + b"\xff" * 8 + b".",
        b"(" * 100_000,
        b"]" * 100_000 + b".",
        pickle.dumps([1]),
        pickle.dumps({"members": []}),
    ],
)
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        mailman_files.read_pickle(raw)


@given(st.binary())
def test_any_bytes_are_a_list_or_refused(raw: bytes) -> None:
    for read in (mailman_files.read_pickle, mailman_files.read_json, mailman_files.read_csv):
        try:
            read(raw)
        except Refusal:
            continue


def test_list_of_mailman_3_is_read_from_json() -> None:
    dump = {
        "config": {
            "default_nonmember_action": "hold",
            "subscription_policy": "confirm_then_moderate",
            "dmarc_mitigate_action": "munge_from",
            "default_member_action": "hold",
            "emergency": False,
        },
        "members": {
            "entries": [
                {"email": "ada@example.org", "display_name": "Ada Holm", "role": "member",
                 "delivery_mode": "regular"},
                {"email": "bo@example.org", "delivery_mode": "mime_digests",
                 "moderation_action": "hold", "delivery_status": "enabled"},
                {"email": "cy@example.org", "delivery_status": "by_user"},
                {"email": "kari@example.org", "role": "owner"},
                "nonsense",
            ]
        },
    }  # fmt: skip

    found = mailman_files.read_json(json.dumps(dump).encode())

    assert found.members == (
        OldMember(email="ada@example.org", name="Ada Holm", mode=Mode.EACH),
        OldMember(email="bo@example.org", name="", mode=Mode.DAILY, is_held=True),
        OldMember(email="cy@example.org", name="", mode=Mode.NONE),
    )
    assert found.policy == ("nonmembers=hold", "join=approve", "from_munging=dmarc")
    assert found.homeless == (("default_member_action", "hold"),)


def test_members_of_mailman_3_are_read_from_csv() -> None:
    raw = (
        "\ufeffSubscribed Address,Display Name,Delivery Mode,Moderation Action,Role\r\n"
        "ada@example.org,Ada Holm,regular,,member\r\n"
        '"bo@example.org","Lie, Bo",plaintext_digests,hold,\r\n\r\n'
        "x@example.org,X,regular,,owner\r\n"
    )

    found = mailman_files.read_csv(raw.encode())

    assert found.members == (
        OldMember(email="ada@example.org", name="Ada Holm", mode=Mode.EACH),
        OldMember(email="bo@example.org", name="Lie, Bo", mode=Mode.DAILY, is_held=True),
    )


@pytest.mark.parametrize("raw", [b"", b"name,mode\nAda,regular\n", b'"\n'])
def test_csv_without_addresses_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        mailman_files.read_csv(raw)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"members": 1}', b"[" * 100_000])
def test_json_without_members_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        mailman_files.read_json(raw)
