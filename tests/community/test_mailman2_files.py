"""Lists of Mailman 2.1."""

import pickle

from community import mailman2_files
from community.mailman_files import OldMember
from community.subscriptions import Mode

CONFIG = {
    "real_name": "Postdocs",
    "members": {"ada@example.org": 0, "bo@example.org": "Bo@example.org", "di@example.org": 0},
    "digest_members": {"cy@example.org": 0},
    "user_options": {"bo@example.org": 128 | 2, "cy@example.org": 0},
    "delivery_status": {"di@example.org": (4, 1_700_000_000.0)},
    "usernames": {"ada@example.org": "Ada Holm"},
    "generic_nonmember_action": 3,
    "subscribe_policy": 2,
    "from_is_list": 1,
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
    found = mailman2_files.read_pickle(a_pickle())

    assert found.members == (
        OldMember(email="ada@example.org", name="", mode=Mode.EACH),
        OldMember(email="bo@example.org", name="Bjørn", mode=Mode.EACH, is_held=True),
        OldMember(email="di@example.org", name="", mode=Mode.NONE),
        OldMember(email="cy@example.org", name="", mode=Mode.DAILY),
    )
    assert found.policy == ("nonmembers=reject", "join=approve", "from_munging=always")
    assert found.homeless == (("owner", "kari@example.org"), ("subject_prefix", "[Postdocs] "))


def test_name_in_another_character_set_is_read() -> None:
    found = mailman2_files.read_pickle(a_pickle("Bjørn".encode("latin-1")))

    assert found.members[1].name == "Bjørn"


def test_what_a_member_has_chosen_is_read_from_bits_and_reasons() -> None:
    options = {"a@b.org": 256 | 16 | 8, "b@b.org": 1, "c@b.org": 64 | 128, "d@b.org": None}
    reasons = {"e@b.org": (3, 1.5), "f@b.org": (0, 1.5), "g@b.org": (2, 1.5), "h@b.org": ()}
    config = {
        "members": dict.fromkeys([*options, *reasons], 0),
        "user_options": options,
        "delivery_status": reasons,
    }

    found = mailman2_files.read_pickle(pickle.dumps(config, 2))

    assert {member.email: (member.mode, member.is_held) for member in found.members} == {
        "a@b.org": (Mode.EACH, False),
        "b@b.org": (Mode.NONE, False),
        "c@b.org": (Mode.EACH, True),
        "d@b.org": (Mode.EACH, False),
        "e@b.org": (Mode.NONE, False),
        "f@b.org": (Mode.EACH, False),
        "g@b.org": (Mode.NONE, False),
        "h@b.org": (Mode.EACH, False),
    }


def test_settings_are_taken_over_or_named() -> None:
    config = {
        "members": {},
        "generic_nonmember_action": 0,
        "dmarc_moderation_action": 1,
        "from_is_list": 0,
        "reply_goes_to_list": 2,
        "emergency": True,
        "max_message_size": 10**5_000,
        "topics": [("Jobs", "jobs?", "All jobs", False), ("Talks", "talk", "", False)],
        "header_filter_rules": [("x-spam: yes", 3, False)],
        "ban_list": ["eve@example.net", "^.*@spam\\.example", "^mal.*@example.net", "", 7],
        7: "a number",
    }

    found = mailman2_files.read_pickle(pickle.dumps(config, 2))

    assert found.policy == ("from_munging=dmarc",)
    assert found.banned == ("eve@example.net", "@spam.example", "7")
    assert found.homeless == (
        ("emergency", "True"),
        ("generic_nonmember_action", "0"),
        ("header_filter_rules", "x-spam: yes"),
        ("max_message_size", ""),
        ("reply_goes_to_list", "2"),
        ("topics", "Jobs, Talks"),
        ("bans", "^mal.*@example.net"),
    )
