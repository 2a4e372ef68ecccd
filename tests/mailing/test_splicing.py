from dataclasses import replace

import pytest

from community.departures import Leaving, Manner
from community.policies import Policy
from community.sources import Source
from mailing import addresses, splicing
from mailing.compose import Via
from tests.builders import EARLIER, a_house

LIST = "postdocs@lists.example.org"
OWN = ("example.org",)
LEAVING = Leaving(
    source=Source(post_id=7, list_id=1, list_address=LIST, message_id="<1@there>", raw=b""),
    from_name="Ada Holm",
    from_email="ada@strict.example",
    authentication="",
    policy=Policy(),
    released_at=EARLIER,
    manner=None,
)


def leaving(email: str, from_munging: str = "dmarc") -> Leaving:
    return replace(LEAVING, from_email=email, policy=Policy(from_munging=from_munging))


@pytest.mark.parametrize(
    ("email", "from_munging", "domain"),
    [
        ("ada@strict.example", "dmarc", "strict.example"),
        ("ada@Strict.Example", "dmarc", "strict.example"),
        ("ada@example.org", "dmarc", None),
        ("ada@physics.example.org", "dmarc", None),
        ("ada@notexample.org", "dmarc", "notexample.org"),
        ("ada@strict.example", "never", None),
        ("ada@strict.example", "always", None),
        ("", "dmarc", None),
    ],
)
def test_only_a_domain_whose_wish_decides_is_asked(
    email: str, from_munging: str, domain: str | None
) -> None:
    assert splicing.domain_to_ask(leaving(email, from_munging), OWN) == domain


@pytest.mark.parametrize(
    ("email", "from_munging", "forbids", "is_munged"),
    [
        ("ada@strict.example", "dmarc", True, True),
        ("ada@strict.example", "dmarc", False, False),
        ("ada@strict.example", "never", True, False),
        ("ada@mild.example", "always", False, True),
        ("ada@example.org", "dmarc", True, False),
        ("ada@example.org", "always", False, True),
        ("", "always", True, False),
    ],
)
def test_the_list_stands_in_from_where_the_policy_and_the_domain_say_so(
    email: str, from_munging: str, forbids: bool, is_munged: bool
) -> None:
    how = splicing.manner(leaving(email, from_munging), forbids=forbids, own_domains=OWN)

    assert how == Manner(is_munged=is_munged)


def test_a_munged_post_names_the_author_and_leads_answers_to_them() -> None:
    splice = splicing.splice(
        LEAVING, Manner(is_munged=True), house=a_house(), authserv_id="mx.example.org"
    )

    assert splice.via == Via(
        shown="Ada Holm via postdocs",
        address=addresses.parse(LIST),
        author_shown="Ada Holm",
        author=addresses.parse("ada@strict.example"),
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "ada via postdocs"),
        ("rector@example.org", "ada via postdocs"),
        ("Ada\r\nBcc: x\t Holm\u2028", "Ada Bcc: x Holm via postdocs"),
        ("Åse Ødegård", "Åse Ødegård via postdocs"),
    ],
)
def test_what_stands_before_our_address_is_a_name(name: str, shown: str) -> None:
    splice = splicing.splice(
        replace(LEAVING, from_name=name), Manner(is_munged=True), house=a_house(), authserv_id=""
    )

    assert splice.via is not None
    assert splice.via.shown == shown


def test_what_is_not_munged_keeps_its_from() -> None:
    splice = splicing.splice(LEAVING, Manner(is_munged=False), house=a_house(), authserv_id="")

    assert splice.via is None
    assert splice.archived_at == "https://samband.example.org/posts/7"
    assert splice.list_id == "postdocs.lists.example.org"


def test_the_policy_says_where_an_answer_goes() -> None:
    to_list = replace(LEAVING, policy=Policy(reply_to="list"))

    assert splicing.manner(LEAVING, forbids=False, own_domains=OWN) == Manner(is_munged=False)
    assert splicing.manner(to_list, forbids=True, own_domains=OWN) == Manner(
        is_munged=True, to_list=True
    )
    how = Manner(is_munged=False, to_list=True)
    assert splicing.splice(to_list, how, house=a_house(), authserv_id="").to_list
