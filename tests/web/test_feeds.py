"""Feeds: who may have one, what it shows, and how it ends."""

from xml.etree import ElementTree

from sqlalchemy import select

from community import feeds, moderation, removals, subscriptions
from community.feeds import Feed
from tests import builders
from tests.web.conftest import ORIGIN, House, sent

PATH = "/lists/postdocs@lists.example.org/feed"
ATOM = "{http://www.w3.org/2005/Atom}"
SUBJECT = "Lunch </title><script>alert(1)</script> & \x0b\ufffe\u202ecake"


def a_feed(house: House, who: str = "ada") -> tuple[int, str]:
    """Have a post out and one that waits, and somebody open a feed; return its path."""
    list_id = builders.a_list(house.store, house.people["ada"])
    out = builders.a_post(house.store, list_id, builders.a_mail(subject=SUBJECT, text="a]]>b"))
    house.store.run_sync(moderation.accept, out, by=house.people["mona"], now=builders.EARLIER)
    builders.a_post(house.store, list_id, builders.a_mail("x@example.net", subject="Waits"))
    return list_id, opened(house, who)


def opened(house: House, who: str) -> str:
    """Open a feed on its page; return the path it shows."""
    _, page = sent(house, who, PATH, verb="open")
    return "/feeds/" + page.partition("/feeds/")[2].partition("<")[0]


def titles(xml: str) -> list[str | None]:
    # Our own document: nothing in it is expanded.
    root = ElementTree.fromstring(xml)  # noqa: S314
    return [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]


def test_feed_shows_what_is_out_and_nothing_of_a_mail_is_markup(house: House) -> None:
    _, path = a_feed(house)

    answer = house.browser().get(path)

    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert titles(answer.text) == ["Lunch </title><script>alert(1)</script> & cake"]
    assert "<script>" not in answer.text
    assert "<summary>a]]&gt;b</summary>" in answer.text
    # RFC 4287 §4.1.1: it names the place at which it was got.
    assert f'<link rel="self" type="application/atom+xml" href="{ORIGIN}{path}"/>' in answer.text


def test_feed_is_kept_as_a_hash_and_shown_once(house: House) -> None:
    _, path = a_feed(house)
    key = path.removeprefix("/feeds/")

    again = house.signed_in(house.people["ada"]).get(PATH).text

    assert len(key) == 32
    assert key not in again
    assert house.store.read_sync(lambda s: s.scalar(select(Feed.key_sha256))) != key


def test_feed_says_what_a_post_itself_says_and_that_it_goes_on(house: House) -> None:
    _, path = a_feed(house)
    text = "Ja!\n\nAda Holm skrev 1.2.2027:\n> Lunsj?\n\n" + "blåbær " * 200 + "\n-- \nMona"
    mail = builders.a_mail("mona.vik@example.org", subject="More", text=text)
    builders.a_post(house.store, 1, mail, now=house.clock.now())

    root = ElementTree.fromstring(house.browser().get(path).text)  # noqa: S314 - our own

    summary = root.findtext(f"{ATOM}entry/{ATOM}summary")
    assert summary is not None
    assert summary.startswith("Ja! […] blåbær blåbær ")
    assert summary.endswith(" blåbær …")
    assert len(summary) <= feeds.MOST_SIGNS
    short = builders.a_mail("mona.vik@example.org", text="Ja takk!" + "\n> Lunsj?" * 300)
    builders.a_post(house.store, 1, short, now=house.clock.now())
    assert "<summary>Ja takk!</summary>" in house.browser().get(path).text


def test_closed_or_replaced_feed_shows_nothing(house: House) -> None:
    _, first = a_feed(house)
    second = opened(house, "ada")
    statuses = [house.browser().get(path).status_code for path in (first, second)]

    sent(house, "ada", PATH, verb="close")

    assert statuses == [404, 200]
    assert house.browser().get(second).status_code == 404
    assert house.browser().get("/feeds/nonsense").status_code == 404


def test_who_leaves_the_list_reads_along_no_more(house: House) -> None:
    list_id, path = a_feed(house)

    house.store.run_sync(
        subscriptions.leave, list_id, by=house.people["ada"], now=house.clock.now()
    )

    assert house.browser().get(path).status_code == 404


def test_removed_post_leaves_the_feed(house: House) -> None:
    _, path = a_feed(house)

    house.store.run_sync(removals.remove, 1, by=house.people["ada"], now=house.clock.now())

    assert titles(house.browser().get(path).text) == []


def test_feed_is_for_who_may_read_the_list(house: House) -> None:
    a_feed(house)

    pages = {
        who: house.signed_in(house.people[who]).get(PATH).status_code for who in ("bo", "mona")
    }

    assert pages == {"bo": 404, "mona": 200}
    assert sent(house, "bo", PATH, verb="open")[0] == 404
    assert house.browser().get(PATH).status_code == 303
