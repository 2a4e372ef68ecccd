import pytest

from community import emails
from community.errors import Refusal


def test_an_address_is_checked_into_the_form_in_which_it_is_stored() -> None:
    assert emails.checked(" Ada.Holm+x@Example.ORG ") == "ada.holm+x@example.org"
    # å in one sign or two is the same å, and a domain is what name servers know it by.
    assert emails.checked("\u00c5SE@Bl\u00e5b\u00e6r.no") == "\u00e5se@xn--blbr-roah.no"
    assert emails.checked("A\u030ase@bla\u030ab\u00e6r.no") == "\u00e5se@xn--blbr-roah.no"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "a b@x.no",
        "a@x.no\r\nBcc: b@x.no",
        "a@x",
        "a,b@x.no",
        "a\u200b@x.no",
        "å" * 130 + "@x.no",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert not emails.is_email(emails.normalised(typed))
    with pytest.raises(Refusal) as refused:
        emails.checked(typed)

    assert str(refused.value) == f"“{typed}” is no e-mail address. Check it."


def test_what_cannot_be_read_as_an_address_has_a_form_all_the_same() -> None:
    assert emails.normalised("Å..@..ø") == "å..@..ø"
