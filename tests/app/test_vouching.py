from datetime import datetime

import pytest

from app import vouching
from app.safety import NotSafe
from config import loading
from config.settings import Settings
from mailing.parser import Parser
from sandbox.jumping import StillClock
from tests.mailing import judge


def given(**values: str) -> Settings:
    chosen = {"secret_key": "k" * 32, "domain": "lists.example.org", **values}
    return loading.load({f"SAMBAND_{n.upper()}": v for n, v in chosen.items()}, None)


def test_a_key_signs_for_the_lists_domain_unless_another_is_named() -> None:
    key = judge.pem("ed25519")

    ours = vouching.signer_of(given(dkim_key=key, dkim_selector="s1"))
    others = vouching.signer_of(given(dkim_key=key, dkim_selector="s1", dkim_domain="example.org"))

    assert ours is not None
    assert others is not None
    assert (ours.domain, ours.selector, others.domain) == ("lists.example.org", "s1", "example.org")


def test_without_a_key_nobody_signs() -> None:
    assert vouching.signer_of(given()) is None


def test_a_key_that_cannot_sign_stops_the_start_and_is_not_shown() -> None:
    broken = "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----"

    with pytest.raises(NotSafe) as reason:
        vouching.signer_of(given(dkim_key=broken, dkim_selector="s1"))

    assert str(reason.value) == "SAMBAND_DKIM_KEY is no private key in PEM without a password."


def test_signatures_are_checked_only_where_that_is_asked_for(now: datetime) -> None:
    parser, clock = Parser(), StillClock(now)

    usual = vouching.of(given(authserv_id="mx.example.org"), parser, clock)
    own = vouching.of(
        given(check_signatures="yes", trusted_sealers="A.example, b.example"), parser, clock
    )

    assert (usual.authserv_id, usual.sealers, usual.proving) == ("mx.example.org", "", None)
    assert (own.authserv_id, own.sealers) == ("", "a.example,b.example")
    assert own.proving is not None
