"""Lists of Mailman 3, as its interface and its pages give them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import mailman3_files
from community.errors import Refusal
from community.mailman_files import OldList, OldMember
from community.subscriptions import Mode


def read(dump: object) -> OldList:
    return mailman3_files.read_json(json.dumps(dump).encode())


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
                 "delivery_mode": "regular", "moderation_action": "accept"},
                {"email": "bo@example.org", "delivery_mode": "mime_digests",
                 "moderation_action": "hold", "delivery_status": "enabled"},
                {"email": "cy@example.org", "preferences": {"delivery_status": "by_moderator"}},
                {"email": "kari@example.org", "role": "owner"},
                "nonsense",
            ]
        },
    }  # fmt: skip

    found = mailman3_files.read_json(json.dumps(dump).encode())

    assert found.members == (
        OldMember(email="ada@example.org", name="Ada Holm", mode=Mode.EACH),
        OldMember(email="bo@example.org", name="", mode=Mode.DAILY, is_held=True),
        OldMember(email="cy@example.org", name="", mode=Mode.NONE, is_held=True),
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

    found = mailman3_files.read_csv(raw.encode())

    assert found.members == (
        OldMember(email="ada@example.org", name="Ada Holm", mode=Mode.EACH),
        OldMember(email="bo@example.org", name="Lie, Bo", mode=Mode.DAILY, is_held=True),
    )


def test_file_of_addresses_alone_is_read_as_the_pages_of_mailman_give_it() -> None:
    found = mailman3_files.read_csv(b"ada@example.org\r\nbo@example.org,Bo Lie\r\n")

    assert [(member.email, member.name) for member in found.members] == [
        ("ada@example.org", ""),
        ("bo@example.org", "Bo Lie"),
    ]


def a_member(name: str) -> dict[str, object]:
    """Write a member as the interface says it; `address` is that of a page."""
    email = f"{name}@example.org"
    return {
        "email": email,
        "address": f"http://127.0.0.1:8001/3.1/addresses/{email}",
        "bounce_score": 0,
        "delivery_mode": "regular",
        "delivery_status": "enabled",
        "display_name": name.title(),
        "last_warning_sent": "0001-01-01T00:00:00",
        "list_id": "postdocs.lists.example.org",
        "member_id": "c8f9b1",
        "role": "member",
        "self_link": "http://127.0.0.1:8001/3.1/members/c8f9b1",
        "subscription_mode": "as_address",
        "user": "http://127.0.0.1:8001/3.1/users/5e1d",
        "http_etag": '"00"',
    }


def test_pages_of_the_interface_are_put_together() -> None:
    pages = [
        {"start": 0, "total_size": 2, "http_etag": '"1"', "entries": [a_member("ada")]},
        {"start": 1, "total_size": 2, "http_etag": '"2"', "entries": [a_member("bo")]},
    ]
    empty = {"start": 0, "total_size": 0, "http_etag": '"3"'}

    both = read({"members": pages, "bans": empty, "owners": empty})

    assert [(member.email, member.name, member.mode) for member in both.members] == [
        ("ada@example.org", "Ada", Mode.EACH),
        ("bo@example.org", "Bo", Mode.EACH),
    ]
    assert (both.banned, both.homeless) == ((), ())
    assert read(pages[0] | {"total_size": 1}).members == both.members[:1]
    assert read({"members": empty}).members == read(empty).members == ()
    with pytest.raises(Refusal) as no:
        read({"members": pages[0]})
    assert no.value.facts == {"there": "1", "total": "2"}


def test_bans_come_along_and_what_else_is_paged_is_named() -> None:
    found = read(
        {
            "config": {
                "dmarc_mitigate_action": "munge_from",
                "dmarc_mitigate_unconditionally": True,
                "default_member_action": "defer",
                "default_nonmember_action": "accept",
                "accept_these_nonmembers": ["^.*@uib.example"],
            },
            "members": [],
            "owners": {"total_size": 1, "entries": [{"email": "kari@example.org"}]},
            "bans": {
                "total_size": 3,
                "entries": [
                    {"email": "eve@example.net", "list_id": "postdocs.lists.example.org"},
                    {"email": "^[^@]+@spam.example$"},
                    {"email": "^ma(l|r)@"},
                ],
            },
            "header_matches": {
                "total_size": 1,
                "entries": [{"header": "x-spam", "pattern": "yes", "action": "discard"}],
            },
        }
    )

    assert found.policy == ("from_munging=always",)
    assert found.banned == ("eve@example.net", "@spam.example")
    assert found.homeless == (
        ("accept_these_nonmembers", "^.*@uib.example"),
        ("default_nonmember_action", "accept"),
        ("header_matches", "x-spam"),
        ("owners", "kari@example.org"),
        ("bans", "^ma(l|r)@"),
    )


@pytest.mark.parametrize("raw", [b"", b"name,mode\nAda,regular\n", b'"\n'])
def test_csv_without_addresses_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        mailman3_files.read_csv(raw)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"members": 1}', b"[" * 100_000])
def test_json_without_members_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        mailman3_files.read_json(raw)


@given(st.binary())
def test_any_bytes_are_a_list_or_refused(raw: bytes) -> None:
    for each in (mailman3_files.read_json, mailman3_files.read_csv):
        try:
            each(raw)
        except Refusal:
            continue


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["entries", "total_size", "members", "config", "bans", "email", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_ANY)
def test_any_json_is_a_list_or_refused(dump: object) -> None:
    try:
        read(dump)
    except Refusal:
        return
