import pytest

from mailing import authentication, headers
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
