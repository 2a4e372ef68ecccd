import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import plain


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a<br>b", "a\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a &amp; b &lt;x&gt; &#229; &nbsp; c", "a & b <x> å c"),
        ("<ul><li>a<li>b</ul>c", "- a\n- b\n\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ('<a href="https://x.no/?a=1&amp;b=2">here</a>', "here <https://x.no/?a=1&b=2>"),
        ('<a href="https://x.no">https://x.no</a>', "https://x.no"),
        ("<a href='javascript:alert(1)'>here</a>", "here"),
        ("<script>alert(1)</script>a<style>b</style>", "a"),
        ("<script>never closed", ""),
        ("<head><title>x</title>", ""),
        ("<head>never closed<p>a", "never closed\n\na"),
        ("a<!-- b -->c", "ac"),
        ("a<!-- b", "a"),
        ("<!DOCTYPE html><?xml?>a", "a"),
        ("1 < 2", "1 < 2"),
        ("a\r\n  b", "a b"),
        ("", ""),
        (
            'Yes.<div><br><blockquote type="cite"><div>Ada wrote:</div><p>Lunch?</p></blockquote>',
            "Yes.\n\n> Ada wrote:\n>\n> Lunch?",
        ),
        (
            'a<blockquote class="gmail_quote">b<blockquote type=cite>c</blockquote>d</blockquote>e',
            "a\n\n> b\n\n> > c\n\n> d\n\ne",
        ),
        ('a<blockquote style="margin:0 0 0 40px">b</blockquote></blockquote>c', "a\n\nb\n\nc"),
    ],
)
def test_from_html_keeps_the_words(source: str, text: str) -> None:
    assert plain.from_html(source) == text


@given(st.lists(st.sampled_from(["<", ">", "<a href=", "</a>", "<script", "<!--", "&", ";", "x"])))
def test_from_html_never_raises(pieces: list[str]) -> None:
    plain.from_html("".join(pieces))


def test_from_html_takes_time_in_proportion_to_endless_attributes() -> None:
    assert plain.from_html("<blockquote " + "class=" * 100_000 + ">x") == "x"
