import pytest

from community.cases import Proof
from mailing import authentication, chains, headers
from mailing.authentication import Authentication

OURS = "mx.example.org"


def read(*values: str) -> Authentication:
    raw = "".join(f"Authentication-Results: {value}\r\n" for value in values)
    return authentication.read(headers.part(raw.encode()), authserv_id=OURS)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("mx.example.org; spf=pass; dkim=fail; dmarc=none",),
         Authentication(spf="pass", dkim="fail", dmarc="none")),
        (("MX.Example.org 1; dmarc=pass header.from=Example.ORG",),
         Authentication(dmarc="pass", dmarc_domain="example.org")),
        (("(by us) mx.example.org (v2) ; dkim=fail; dkim=pass (ok)",),
         Authentication(dkim="pass")),
        (("mx.evil.example; dmarc=pass",), Authentication()),
        (("mx.example.org.evil.example; dmarc=pass",), Authentication()),
        (("x; mx.example.org; dmarc=pass",), Authentication()),
        (("mx.example.org; dmarc=fail", "mx.example.org; dmarc=pass"),
         Authentication(dmarc="fail")),
        (("mx.example.org; none",), Authentication()),
        (("",), Authentication()),
    ],
)  # fmt: skip
def test_read_reads_what_our_host_found(values: tuple[str, ...], expected: Authentication) -> None:
    assert read(*values) == expected


def test_nothing_is_ours_when_no_name_is_configured() -> None:
    parted = headers.part(b"Authentication-Results: ; dmarc=pass\r\n")

    assert authentication.read(parted, authserv_id="") == Authentication()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("dmarc=pass header.from=example.org", (Proof.PASS, "example.org")),
        ("dmarc=pass header.from=evil.net", (Proof.NONE, "")),
        ("dmarc=pass header.from=example.org/evil.net", (Proof.NONE, "")),
        ("dmarc=fail (p=reject) header.from=example.org; spf=pass smtp.mailfrom=a@example.org",
         (Proof.FAIL, "example.org")),
        ("dmarc=none; dkim=pass header.d=example.org", (Proof.PASS, "example.org")),
        ("dkim=fail header.d=example.org; dkim=pass header.i=@mail.Example.org",
         (Proof.PASS, "mail.example.org")),
        ("dkim=pass header.d=evil.net", (Proof.NONE, "")),
        ("dkim=pass header.d=notexample.org", (Proof.NONE, "")),
        ("dkim=pass header.d=org", (Proof.NONE, "")),
        ("dkim=fail header.d=example.org", (Proof.NONE, "")),
        ("spf=pass smtp.mailfrom=ada@example.org", (Proof.PASS, "example.org")),
        ('spf=pass smtp.mailfrom="ada@example.org"', (Proof.PASS, "example.org")),
        ("spf=pass smtp.mailfrom=<ada@example.org>", (Proof.PASS, "example.org")),
        ("spf=pass smtp.mailfrom=<example.org>@evil.net", (Proof.NONE, "")),
        (f"spf=pass smtp.mailfrom={'x' * 200}@example.org", (Proof.PASS, "example.org")),
        (f"spf=pass smtp.mailfrom=example.org={'x' * 200}@evil.net", (Proof.NONE, "")),
        ("spf=pass smtp.mailfrom=example.org(@evil.net", (Proof.NONE, "")),
        ("spf=pass smtp.helo=smtp.mailfrom=example.org smtp.mailfrom=a@evil.net", (Proof.NONE, "")),
        ("dkim=pass header.i=example.org/x@evil.net header.d=evil.net", (Proof.NONE, "")),
        ("dkim=pass header.s=header.d=example.org header.d=evil.net", (Proof.NONE, "")),
        ("spf=softfail smtp.mailfrom=ada@example.org", (Proof.NONE, "")),
        ("spf=none; dkim=none; dmarc=none", (Proof.NONE, "")),
        ("spf=temperror; dmarc=temperror", (Proof.UNKNOWN, "")),
        ("none", (Proof.UNKNOWN, "")),
        ('spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.org"@evil.net',
         (Proof.NONE, "")),
        ('spf=pass smtp.mailfrom="x(\\"; dmarc=pass header.from=example.org; \\")"@evil.net',
         (Proof.NONE, "")),
        ("spf=pass (evil.net; dmarc=pass header.from=example.org) smtp.mailfrom=a@evil.net",
         (Proof.NONE, "")),
    ],
)  # fmt: skip
def test_proof_rests_on_the_domain_of_the_one_author(
    value: str, expected: tuple[Proof, str]
) -> None:
    found = read(f"{OURS}; {value}")

    assert authentication.proof(found, ("ada@Example.org",)) == expected
    assert authentication.proof(found, ("ada@example.org", "b@example.org"))[0] != Proof.PASS


def test_proof_is_unknown_when_our_host_says_nothing() -> None:
    found = read("mx.evil.example; dmarc=pass header.from=example.org")

    assert authentication.proof(found, ("ada@example.org",)) == (Proof.UNKNOWN, "")
    assert str(found) == ""


def test_results_are_kept_as_words() -> None:
    assert str(read(f"{OURS}; dkim=none; spf=pass; dmarc=fail; arc=pass")) == (
        "spf=pass; dkim=none; dmarc=fail; arc=pass"
    )


def test_rfc8601_results_kept_can_be_read_again() -> None:
    found = Authentication(
        spf="pass",
        spf_domain="a.example",
        dkim="pass",
        dkim_domains=("b.example", "c.example"),
        dmarc="pass",
        dmarc_domain="b.example",
        arc="none",
    )

    assert read(f"{OURS}; {found}") == found


def test_a_comment_in_a_comment_says_nothing() -> None:
    inside = "(as said (by us) ; dmarc=pass header.from=evil.example)"

    assert read(f"{OURS}; dkim=fail {inside}; spf=pass") == Authentication(dkim="fail", spf="pass")
    assert read(f"{OURS}; dkim=fail ({inside}; dmarc=pass") == Authentication(dkim="fail")
    assert read(f"{OURS}; dkim=fail {'(' * 2000}; dmarc=pass") == Authentication(dkim="fail")


#: RFC 8617 appendix B, as the last host has written it. Its keys have 512 bits and are nowhere.
RFC8617 = b"""\
ARC-Seal: i=3; a=rsa-sha256; cv=pass; d=clochette.example.org; s=
        clochette; t=12345; b=CU87XzXlNlk5X/yW4l73UvPUcP9ivwYWxyBWcVrRs7
        +HPx3K05nJhny2fvymbReAmOA9GTH/y+k9kEc59hAKVg==
ARC-Message-Signature: i=3; a=rsa-sha256; c=relaxed/relaxed; d=
        clochette.example.org; h=message-id:date:from:to:subject; s=
        clochette; t=12345; bh=KWSe46TZKCcDbH4klJPo+tjk5LWJnVRlP5pvjXFZY
        LQ=; b=o71vwyLsK+Wm4cOSlirXoRwzEvi0vqIjd/2/GkYFYlSd/GGfKzkAgPqxf
        K7ccBMP7Zjb/mpeggswHjEMS8x5NQ==
ARC-Authentication-Results: i=3; clochette.example.org; spf=fail
    smtp.from=jqd@d1.example; dkim=fail (512-bit key)
    header.i=@d1.example; dmarc=fail; arc=pass (as.2.gmail.example=pass,
    ams.2.gmail.example=pass, as.1.lists.example.org=pass,
    ams.1.lists.example.org=fail (message has been altered))
Authentication-Results: clochette.example.org; spf=fail
    smtp.from=jqd@d1.example; dkim=fail (512-bit key)
    header.i=@d1.example; dmarc=fail; arc=pass (as.2.gmail.example=pass,
    ams.2.gmail.example=pass, as.1.lists.example.org=pass,
    ams.1.lists.example.org=fail (message has been altered))
"""


def test_rfc8617_appendix_b_is_read() -> None:
    parted = headers.part(RFC8617.replace(b"\n", b"\r\n"))
    [results] = parted.named(chains.RESULTS)
    alone = headers.part(RFC8617.replace(b"\n", b"\r\n").replace(b"i=3;", b"i=1;"))

    found = authentication.read(parted, authserv_id="clochette.example.org")

    assert found == Authentication(spf="fail", dkim="fail", dmarc="fail", arc="pass")
    assert results.value.startswith(b"i=3; clochette.example.org; spf=fail")
    assert chains.highest(parted) == 3
    assert chains.sealer(chains.read(alone)) == "clochette.example.org"
