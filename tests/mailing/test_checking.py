"""Signatures of what comes in: the RFCs' own examples, and what strangers do to a signed mail."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.cases import Proof
from mailing import authentication, checking, headers, signing
from mailing.authentication import Authentication
from mailing.signing import Signer
from tests.mailing import judge
from tests.mailing.judge import a_signer

RFC6376 = b"""\
DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
"""
RFC8463 = b"""\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
"""
DINNER = b"""\
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
"""
KEYS = {
    "brisbane._domainkey.example.com": [
        "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/"
        "zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfV"
        "jH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
    ],
    "brisbane._domainkey.football.example.com": [
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    ],
    "test._domainkey.football.example.com": [
        "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5q"
        "hdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG"
        "4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
    ],
}
HEAD = b"From: Ada <ada@example.org>\r\nTo: x@y.example\r\nSubject: Lunch\r\n"
BODY = b"Shall we?\r\n"
AUTHOR = a_signer(domain="example.org", selector="a")
NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


def check(
    raw: bytes, answers: checking.Answers, now: datetime = NOW, trusted_sealers: str = ""
) -> Authentication:
    return checking.check(
        raw, answers=json.dumps(answers), now=now.isoformat(), trusted_sealers=trusted_sealers
    )


def published(*signers: Signer) -> dict[str, list[str]]:
    return {name: [record] for name, record in judge.records(*signers).items()}


def signed(raw: bytes = HEAD + b"\r\n" + BODY, *, h: str = "from:subject", **more: str) -> bytes:
    """Sign a mail as its author's host would, with these tags."""
    parted = headers.part(raw)
    tags = {"v": "1", "a": AUTHOR.algorithm, "c": "relaxed/relaxed", "d": "example.org", "s": "a"}
    tags |= {"h": h, "bh": signing.body_hash(parted.body)} | more
    draft = signing.drafted("DKIM-Signature", **{name: tag for name, tag in tags.items() if tag})
    fields = [field.raw for name in h.split(":") for field in parted.named(name)]
    return signing.field_signature(AUTHOR, fields, draft) + raw


def dkim(raw: bytes, answers: checking.Answers | None = None) -> str | None:
    return check(raw, published(AUTHOR) if answers is None else answers).dkim


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r\n")


def test_rfc6376_appendix_a() -> None:
    raw = crlf(RFC6376 + DINNER)

    assert checking.wanted(raw).key_names == ("brisbane._domainkey.example.com",)
    assert check(raw, KEYS) == Authentication(
        dkim="pass", dkim_domains=("example.com",), arc="none"
    )


def test_rfc8463_appendix_a() -> None:
    raw = crlf(RFC8463 + DINNER)

    assert checking.wanted(raw).key_names == tuple(KEYS)[1:]
    for name in tuple(KEYS)[1:]:
        found = check(raw, {name: KEYS[name]})
        assert (found.dkim, found.dkim_domains) == ("pass", ("football.example.com",))


@pytest.mark.parametrize("raw", [RFC6376 + DINNER, RFC8463 + DINNER])
@pytest.mark.parametrize(
    ("old", "new"),
    [(b"dinner", b"supper"), (b"hungry", b"angry"), (b"Joe S", b"Moe S"), (b"bh=2j", b"bh=2k")],
)
def test_the_examples_changed_are_not_whole(raw: bytes, old: bytes, new: bytes) -> None:
    assert check(crlf(raw).replace(old, new), KEYS).dkim == "fail"


def test_what_the_author_signed_passes_and_proves_the_author() -> None:
    found = check(signed(), published(AUTHOR))

    assert (found.dkim, found.dkim_domains) == ("pass", ("example.org",))
    assert authentication.proof(found, ("ada@example.org",)) == (Proof.PASS, "example.org")
    assert authentication.proof(found, ("ada@elsewhere.org",)) == (Proof.NONE, "")


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        (HEAD + b"\r\n" + BODY, "none"),
        (signed().replace(b"Lunch", b"Pay"), "fail"),
        (signed() + b"Buy this.\r\n", "fail"),
        # The author is what readers see: nobody may choose among several.
        (b"From: eve@evil.example\r\n" + signed(), "policy"),
        (signed(HEAD + b"From: eve@evil.example\r\n\r\n" + BODY, h="from"), "policy"),
        (signed(h="subject"), "neutral"),
        # Only a part of the body is signed: strangers can add the rest.
        (signed(l="5"), "policy"),
        (signed(l="0"), "policy"),
        (signed(l="x"), "policy"),
        (signed(l=str(len(BODY))), "pass"),
        (signed(l=str(len(BODY))) + b"Buy this.\r\n", "policy"),
        (signed(x=str(int((NOW - timedelta(days=1)).timestamp()))), "policy"),
        (signed(x=str(int((NOW + timedelta(days=1)).timestamp()))), "pass"),
        (signed(t=str(int((NOW + timedelta(days=1)).timestamp()))), "policy"),
        (signed(t=str(int(NOW.timestamp())), x="99999999999"), "pass"),
        (signed(t="soon"), "neutral"),
        (signed(v="2"), "neutral"),
        (signed(i="ada@mail.example.org"), "pass"),
        (signed(i="ada@notexample.org"), "neutral"),
        (signed(i="ada@evil.example"), "neutral"),
        (signed(a="rsa-sha1"), "policy"),
        (signed(a="ed25519-sha256"), "permerror"),
        (signed(c="simple/relaxed/x"), "neutral"),
        (signed(d="org"), "neutral"),
        (signed(d="example.org/../x"), "neutral"),
        (signed(s=""), "neutral"),
        (signed(bh=""), "neutral"),
        (signed(bh="!"), "neutral"),
        (b"DKIM-Signature: v=1; v=1\r\n" + HEAD + b"\r\n" + BODY, "neutral"),
        (b"DKIM-Signature: \xff\xfe\r\n" + HEAD + b"\r\n" + BODY, "neutral"),
        # One good signature of several is enough.
        (b"DKIM-Signature: v=1\r\n" + signed(), "pass"),
    ],
)  # fmt: skip
def test_a_signature_counts_or_does_not(raw: bytes, result: str) -> None:
    assert dkim(raw) == result


@pytest.mark.parametrize(
    ("texts", "result"),
    [
        (None, "temperror"),
        ([], "permerror"),
        (["v=spf1 -all"], "permerror"),
        (["v=spf1 -all", AUTHOR.record], "pass"),
        ([AUTHOR.record.removeprefix("v=DKIM1; ")], "pass"),
        ([AUTHOR.record + "; t=s"], "pass"),
        ([AUTHOR.record + "; h=sha1:sha256; s=email; n=x"], "pass"),
        ([AUTHOR.record + "; h=sha1"], "permerror"),
        ([AUTHOR.record + "; s=tlsrpt"], "permerror"),
        ([AUTHOR.record.replace("DKIM1", "DKIM2")], "permerror"),
        ([AUTHOR.record.partition("p=")[0] + "p="], "permerror"),
        ([AUTHOR.record.replace("k=rsa", "k=dsa")], "permerror"),
        ([AUTHOR.record[:-40]], "permerror"),
        ([a_signer("ed25519").record], "permerror"),
        ([judge.a_signer(domain="evil.example", selector="b").record], "pass"),
        (["\u20ac"], "permerror"),
    ],
)
def test_a_key_counts_or_does_not(texts: list[str] | None, result: str) -> None:
    assert dkim(signed(), {"a._domainkey.example.org": texts}) == result


def test_a_key_below_1024_bits_is_none() -> None:
    short = (
        "v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKnR0fwpRX8M6CXtO2b9n3vbGqXdlZrYVRoaSgbkDbCU"
        "vV0eZh3bpVsPBKcPoUCTp4wTv2BmtcCZd2oMPbvx1pUCAwEAAQ=="
    )

    assert dkim(signed(), {"a._domainkey.example.org": [short]}) == "permerror"


def test_a_strict_key_speaks_for_its_own_domain_only() -> None:
    answers = {"a._domainkey.example.org": [AUTHOR.record + "; t=y:s"]}

    assert dkim(signed(i="ada@mail.example.org"), answers) == "neutral"


def test_a_domain_that_is_trying_is_as_if_it_had_not_signed() -> None:
    answers = {"a._domainkey.example.org": [AUTHOR.record + "; t=y"]}

    assert dkim(signed(), answers) == "pass"
    assert dkim(signed().replace(b"Lunch", b"Pay"), answers) == "neutral"


def test_an_answer_that_does_not_come_leaves_it_open() -> None:
    found = check(signed(), {})

    assert found.dkim == "temperror"
    assert authentication.proof(found, ("ada@example.org",)) == (Proof.UNKNOWN, "")


def test_few_signatures_are_looked_at_and_few_keys_asked_for() -> None:
    many = b"".join(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=d%d.example; s=s; b=AA==\r\n" % number
        for number in range(200)
    )

    assert len(checking.wanted(many + HEAD + b"\r\n").key_names) == 5
    assert dkim(many + signed()) == "temperror"


def test_a_long_row_of_blanks_costs_next_to_nothing() -> None:
    body = b"x" + b" " * 3_000_000 + b"y\r\n"

    assert dkim(signed(HEAD + b"\r\n" + body)) == "pass"


@given(raw=st.binary(max_size=400), answers=st.text(max_size=60))
def test_no_bytes_and_no_answers_raise(raw: bytes, answers: str) -> None:
    mail = b"DKIM-Signature: " + raw + b"\r\nARC-Seal: i=1;" + raw + b"\r\n" + signed()

    names = checking.wanted(mail).key_names

    assert check(mail, {name: [answers] for name in names}).arc in ("none", "fail", None)
