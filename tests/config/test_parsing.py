import pytest

from config.parsing import (
    Endpoint,
    ImapAddress,
    RelayAddress,
    api_url,
    endpoint,
    imap_address,
    public_url,
    relay_address,
    web_url,
)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("127.0.0.1:8024", "127.0.0.1", 8024), ("[::1]:0", "::1", 0), (" mail:25 ", "mail", 25)],
)
def test_endpoint_reads_host_and_port(text: str, host: str, port: int) -> None:
    read = endpoint(text)

    assert read == Endpoint(host, port)
    assert endpoint(str(read)) == read


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://h", RelayAddress("h", 25, False, "opportunistic", None, None)),
        ("smtp://h:587?starttls=required", RelayAddress("h", 587, False, "required", None, None)),
        ("smtp://u:p%40%3A@h", RelayAddress("h", 25, False, "required", "u", "p@:")),
        ("smtps://u:p@h", RelayAddress("h", 465, True, "never", "u", "p")),
        ("smtp://[::1]:2525/", RelayAddress("::1", 2525, False, "opportunistic", None, None)),
    ],
)
def test_relay_address_takes_a_url_apart(url: str, expected: RelayAddress) -> None:
    assert relay_address(url) == expected


@pytest.mark.parametrize(
    "url",
    ["", "smtp://", "http://h", "smtp://h/path", "smtp://h:70000", "smtp://h h", "smtp://[::1"],
)
def test_relay_address_refuses_what_is_no_relay(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtp|port|space"):
        relay_address(url)


def test_web_addresses_end_as_their_users_expect() -> None:
    assert web_url("https://samband.example.org/") == "https://samband.example.org"
    assert api_url("http://127.0.0.1:5/api") == "http://127.0.0.1:5/api/"


def test_the_public_address_is_what_browsers_send_as_origin() -> None:
    same = {
        "HTTPS://Samband.Example.ORG/": "https://samband.example.org",
        "https://samband.example.org:443": "https://samband.example.org",
        "http://[::1]:80": "http://[::1]",
        "http://127.0.0.1:8000": "http://127.0.0.1:8000",
    }

    assert {text: public_url(text) for text in same} == same
    for wrong, words in (("https://h/samband", "behind the host"), ("https://øl.no", "xn--")):
        with pytest.raises(ValueError, match=words):
            public_url(wrong)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("imaps://u:p%40@h", ImapAddress("h", 993, True, "u", "p@", "INBOX")),
        ("imaps://u%40x.org:p@h:9/A%20b", ImapAddress("h", 9, True, "u@x.org", "p", "A b")),
        ("imap://u:p@127.0.0.1/x", ImapAddress("127.0.0.1", 143, False, "u", "p", "x")),
    ],
)
def test_imap_address_takes_a_url_apart(url: str, expected: ImapAddress) -> None:
    assert imap_address(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://u:p@h",
        "imaps://h",
        "imaps://u@h",
        "imap://u:p@h",
        "imaps://u:p@h?x",
        "imaps://u:p@h/%0a",
    ],
)
def test_imap_address_refuses_what_is_no_mailbox(url: str) -> None:
    with pytest.raises(ValueError, match=r"imap|password|port|IMAP"):
        imap_address(url)
