import pytest

from mailing import addresses
from mailing.addresses import ListAddress, NotAnAddress, Split

NAMES = frozenset({"postdocs", "postdocs-owner", "mentors"})


def test_parse_folds_the_domain_and_keeps_the_local_part() -> None:
    address = addresses.parse("Kari.Nordmann+X@Lists.Example.ORG")

    assert str(address) == "Kari.Nordmann+X@lists.example.org"
    assert address.key == "kari.nordmann+x@lists.example.org"


def test_parse_writes_the_domain_in_ascii() -> None:
    assert str(addresses.parse("bjørn@blåbær.example")) == "bjørn@xn--blbr-roah.example"
    assert addresses.parse("bjørn@blåbær.example").is_ascii is False


def test_parse_takes_a_quoted_local_part() -> None:
    assert str(addresses.parse('"a@b"@example.org')) == '"a@b"@example.org'
    assert addresses.parse('"postdocs+x"@example.org') == addresses.parse("postdocs+x@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kari",
        "@example.org",
        "kari@",
        "kari@-example.org",
        "kari@example..org",
        "kari@[127.0.0.1]",
        "kari@example.org.",
        "a b@example.org",
        "a@b@example.org",
        "<kari@example.org>",
        "kari@example.org\r\nRCPT TO:<x@example.org>",
        "kari\0@example.org",
        "kari\u2028@example.org",
        "kari\u0085@example.org",
        "kari\u200b@example.org",
        "kari\ud800@example.org",
        "k" * 129 + "@example.org",
        "k@" + "e" * 253 + ".org",
        ".kari@example.org",
        "kari.@example.org",
    ],
)
def test_parse_refuses_what_no_smtp_command_may_hold(text: str) -> None:
    with pytest.raises(NotAnAddress):
        addresses.parse(text)


def test_split_parts_name_tag_and_domain() -> None:
    assert addresses.split("postdocs+x+y@d.org") == Split(
        local="postdocs", tag="x+y", domain="d.org"
    )
    assert addresses.split("postdocs@d.org") == Split(local="postdocs", tag=None, domain="d.org")


@pytest.mark.parametrize(
    ("text", "name", "sub", "tag"),
    [
        ("postdocs@d.org", "postdocs", None, None),
        ("POSTDOCS@D.org", "postdocs", None, None),
        ("postdocs+x@d.org", "postdocs", None, "x"),
        ("postdocs-bounces+t0ken@d.org", "postdocs", "bounces", "t0ken"),
        ("mentors-owner@d.org", "mentors", "owner", None),
        ("postdocs-leave@d.org", "postdocs", "leave", None),
        ("postdocs-owner@d.org", "postdocs-owner", None, None),  # the list wins
        ("postdocs-owner-request@d.org", "postdocs-owner", "request", None),
    ],
)
def test_of_list_finds_list_and_sub_address(
    text: str, name: str, sub: str | None, tag: str | None
) -> None:
    assert addresses.of_list(text, names=NAMES) == ListAddress(
        name=name, sub=sub, tag=tag, domain="d.org"
    )


@pytest.mark.parametrize("text", ["nobody@d.org", "postdocs-x@d.org", "-owner@d.org"])
def test_of_list_knows_no_others(text: str) -> None:
    assert addresses.of_list(text, names=NAMES) is None


def test_tokens_come_back_from_the_addresses_that_carry_them() -> None:
    assert str(addresses.bounces("postdocs", "t0k-en", "d.org")) == "postdocs-bounces+t0k-en@d.org"
    assert addresses.split(str(addresses.reply("t0ken", "d.org"))).tag == "t0ken"
