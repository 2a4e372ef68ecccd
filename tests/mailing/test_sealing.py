"""ARC: what we seal, dkimpy finds whole; and a chain is whole or it is not."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest

from mailing import (
    authentication,
    canonical,
    chains,
    checking,
    headers,
    public_keys,
    sealing,
    signatures,
    signing,
)
from mailing.authentication import Authentication
from mailing.headers import Parted
from mailing.signing import Signer
from tests.mailing import judge
from tests.mailing.judge import a_signer

#: Before the tests' time: dkimpy reads the machine's clock and refuses what is made later.
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HEAD = b"From: Ada <ada@example.org>\r\nSubject: [postdocs] Lunch\r\nList-Id: <x.example>\r\n"
OWN = b"List-Unsubscribe: <https://samband.example.org/x/1>\r\n"
BODY = b"Shall  we? \r\n"
FOUND = "dkim=pass header.d=example.org; dmarc=pass header.from=example.org"
OURS = a_signer()
HOPS = [replace(OURS, domain=f"hop{number}.example") for number in range(51)]


def seal(
    head: bytes = HEAD, results: str = FOUND, *, by: Signer = OURS, body: bytes = BODY
) -> bytes:
    return sealing.seal(
        by, head=head, bh=signing.body_hash(body), host=by.domain, results=results, at=AT
    )


def sealed(count: int) -> bytes:
    """Let a mail's header pass so many hosts, each of which finds the chain whole."""
    head = HEAD
    for number, hop in enumerate(HOPS[:count]):
        head = seal(head, FOUND + ("; arc=pass" if number else "; arc=none"), by=hop) + head
    return head


def arc(raw: bytes, *signers: Signer, sealers: str = "") -> Authentication:
    """Check with all the keys there are, not only the ten that would be asked for."""
    answers = {name: [record] for name, record in judge.records(OURS, *HOPS, *signers).items()}
    return checking.check(
        raw, answers=json.dumps(answers), now=AT.isoformat(), trusted_sealers=sealers
    )


def judged(raw: bytes) -> bytes:
    """Let dkimpy check the chain."""
    known = judge.records(OURS, *HOPS)

    def txt(name: bytes, timeout: int = 0) -> str:
        return known[name.decode().rstrip(".")]

    return dkim.arc_verify(raw, dnsfunc=txt)[0]  # type: ignore[no-any-return]


def parted(head: bytes) -> Parted:
    return headers.part(head)


@pytest.mark.parametrize("kind", judge.KINDS)
def test_one_seal_is_whole_in_every_copy(kind: str) -> None:
    head = seal(by=a_signer(kind))

    for own in (OWN, OWN.replace(b"/1", b"/2"), b""):
        raw = head + HEAD + own + b"\r\n" + BODY
        assert arc(raw, a_signer(kind)).arc == "pass"
        assert judged(raw) == b"pass" or kind == "ed25519"  # dkimpy knows RSA only here


def test_the_set_says_what_was_found_by_whom() -> None:
    [one] = chains.read(parted(seal()))

    assert one.results.value == b"i=1; lists.example.org; " + FOUND.encode()
    assert one.seal.value.startswith(b"i=1; a=rsa-sha256; cv=none; d=lists.example.org; s=s1;")
    assert b"list-unsubscribe" not in one.message.value
    assert b"dkim-signature" not in one.message.value


def test_d2_the_same_post_has_the_same_seal() -> None:
    assert seal() == seal()


def test_a_copy_with_its_own_signature_keeps_the_seal_whole() -> None:
    head = seal() + HEAD
    opened = signing.OpenSignature(
        OURS, head=head, bh=signing.body_hash(BODY), at=AT, personal=("list-unsubscribe",)
    )
    raw = head + opened.signed(OWN + b"\r\n") + BODY

    assert (judged(raw), judge.is_whole(raw, OURS)) == (b"pass", True)
    assert arc(raw).arc == "pass"
    assert (arc(raw).dkim, arc(raw).dkim_domains) == ("pass", ("lists.example.org",))


@pytest.mark.parametrize("count", [2, 3, 50])
def test_chains_of_up_to_fifty_are_whole(count: int) -> None:
    raw = sealed(count) + b"\r\n" + BODY

    assert arc(raw).arc == "pass"
    assert judged(raw) == b"pass"


def test_a_chain_of_fifty_gets_no_set_more() -> None:
    assert seal(sealed(50), f"{FOUND}; arc=pass") == b""
    assert seal(sealed(49), f"{FOUND}; arc=pass") != b""


def test_a_long_chain_asks_for_ten_keys_and_stays_open() -> None:
    raw = sealed(12) + b"\r\n" + BODY
    names = checking.wanted(raw).key_names
    answers = {name: [record] for name, record in judge.records(*HOPS).items() if name in names}

    found = checking.check(raw, answers=json.dumps(answers), now=AT.isoformat())

    assert len(names) == checking.MOST_KEYS == 10
    assert (found.arc, str(found)) == (None, "dkim=none")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Shall", b"Should"),
        (b"Lunch", b"Dinner"),
        (b"dmarc=pass", b"dmarc=fail"),
        (b"cv=pass", b"cv=none"),
        (b"i=2; a=", b"i=3; a="),
        (b"ARC-Seal: i=1", b"X-Seal: i=1"),
        (b"d=hop0.example; s=s1; t=1767603600;\r\n\th", b"d=hop1.example; s=s1;\r\n\th"),
        (b"ARC-Seal: i=2;", b"ARC-Seal: i=2; h=from;"),
        (b"ARC-Authentication-Results: i=1;", b"ARC-Authentication-Results: x;"),
    ],
)
def test_a_chain_that_somebody_changed_is_broken(old: bytes, new: bytes) -> None:
    raw = sealed(2) + b"\r\n" + BODY

    assert raw.count(old) >= 1
    assert arc(raw.replace(old, new)).arc == "fail"


def test_a_field_that_stands_twice_breaks_a_chain() -> None:
    head = sealed(2)
    [twice, *_] = [field.raw for field in parted(head).fields]

    assert arc(twice + head + b"\r\n" + BODY).arc == "fail"


def test_rfc8617_5_1_2_of_a_broken_chain_only_our_own_set_is_sealed() -> None:
    broken = sealed(2).replace(b"Lunch", b"Dinner")

    head = seal(broken, f"{FOUND}; arc=fail")

    ours = chains.read(parted(head + broken))[-1]
    assert b"cv=fail" in ours.seal.value
    signatures.check_fields(
        signatures.read(ours.seal),
        b"".join(canonical.relaxed_field(field.raw) for field in ours.fields[:2]),
        canonical.relaxed_field(canonical.without_signature(ours.seal.raw)),
        public_keys.read([OURS.record]),
    )
    assert arc(head + broken + b"\r\n" + BODY).arc == "fail"


def test_rfc8617_5_1_a_chain_that_says_it_is_broken_gets_no_set_more() -> None:
    broken = sealed(1).replace(b"Lunch", b"Dinner")
    marked = seal(broken, f"{FOUND}; arc=fail") + broken

    assert seal(marked, f"{FOUND}; arc=fail") == b""


def test_a_chain_with_a_set_missing_is_marked_as_broken() -> None:
    gap = sealed(3)
    without = b"".join(
        field.raw
        for field in parted(gap).fields
        if b"i=2;" not in field.raw.partition(b";")[0] + b";"
    )

    [field] = [each for each in parted(seal(without)).fields if each.name == chains.SEAL]
    assert field.value.startswith(b"i=4; a=rsa-sha256; cv=fail;")


@pytest.mark.parametrize(
    ("head", "results"),
    [(HEAD, ""), (sealed(1), FOUND), (sealed(1), f"{FOUND}; arc=none")],
    ids=["nobody looked", "nobody checked the chain", "nobody saw the chain"],
)
def test_where_nobody_has_looked_nothing_is_sealed(head: bytes, results: str) -> None:
    assert seal(head, results) == b""


@pytest.mark.parametrize(
    ("sealers", "domains"),
    [
        ("hop1.example", ("example.org",)),
        ("other.example,hop1.example", ("example.org",)),
        ("hop0.example", ()),
        ("example", ()),
        ("", ()),
    ],
)
def test_what_the_last_sealer_found_counts_if_we_trust_it(
    sealers: str, domains: tuple[str, ...]
) -> None:
    raw = sealed(2) + b"\r\n" + BODY

    found = arc(raw, sealers=sealers)

    assert found.sealed_domains == domains
    proof = authentication.proof(found, ("ada@example.org",))
    assert proof[0] == ("pass" if domains else "none")


def test_a_trusted_sealer_of_a_broken_chain_proves_nothing() -> None:
    raw = sealed(2).replace(b"Lunch", b"Dinner") + b"\r\n" + BODY

    assert arc(raw, sealers="hop1.example").sealed_domains == ()


def test_our_own_hosts_word_about_the_chain_is_enough() -> None:
    stated = b"Authentication-Results: mx.example.org; dmarc=fail header.from=example.org; arc=pass"
    raw = stated + b"\r\n" + sealed(1)

    found = authentication.read(
        parted(raw), authserv_id="mx.example.org", trusted_sealers="hop0.example"
    )

    assert (found.arc, found.sealed_domains) == ("pass", ("example.org",))
    assert authentication.proof(found, ("ada@example.org",)) == ("pass", "example.org")
