"""What did not go out, as administrators see it."""

from community import chat_tokens, moderation, outbox, setting_aside
from community.due import MOST_FAULTS, Outcome, Work
from community.outbox import Channel
from community.posts import Post
from community.store import Session
from tests import builders
from tests.web.conftest import House, sent


def _failed_post(house: House) -> int:
    store, people, now = house.store, house.people, house.clock.now()
    post = builders.a_post(store, builders.a_list(store, people["ada"], people["bo"]), _MAIL)
    store.run_sync(moderation.accept, post, by=people["mona"], now=now)

    def set_aside(session: Session) -> None:
        session.get_one(Post, post).preparations = MOST_FAULTS
        setting_aside.set_aside(session, post, why="internal fault: <Key>", now=now)

    store.run_sync(set_aside)
    return post


_MAIL = builders.a_mail(subject="Lunch <b>")


def test_ops_shows_a_post_that_was_set_aside_and_has_it_tried_again(house: House) -> None:
    post = _failed_post(house)
    page = house.signed_in(house.people["rita"]).get("/ops").text

    answer = sent(house, "rita", "/ops/retry", post=str(post))

    assert "Lunch &lt;b&gt;" in page
    assert "internal fault: &lt;Key&gt;" in page
    assert answer == (303, "/ops?done=outbox.retry")
    assert {row.state for row in builders.deliveries(house.store, post)} == {"due"}
    status, again = sent(house, "rita", "/ops/drop", post=str(post))
    assert (status, "No copy of this post is set aside (any more)." in again) == (409, True)


def test_ops_drops_a_row_once(sqlite_house: House) -> None:
    store, now = sqlite_house.store, sqlite_house.clock.now()
    rita = sqlite_house.people["rita"]
    store.run_sync(outbox.put, "post.wait", 1, rita, channel=Channel.MAIL, now=now)
    row = builders.notices(store)[-1]
    failed = Outcome(row_id=row.id, fence=0, state=Work.FAILED, words="550 <x>")
    store.run_sync(outbox.settle_notices, [failed], now=now)
    page = sqlite_house.signed_in(rita).get("/ops").text

    answers = [sent(sqlite_house, "rita", "/ops/drop", ref=f"notice:{row.id}") for _ in range(2)]

    assert "550 &lt;x&gt;" in page
    assert [status for status, _ in answers] == [303, 409]
    assert "Nothing has failed." in sqlite_house.signed_in(rita).get("/ops").text


def test_ops_is_for_administrators_alone(sqlite_house: House) -> None:
    people = sqlite_house.people
    shown = [sqlite_house.signed_in(people[who]).get("/ops") for who in ("mona", "kari", "rita")]

    assert [page.status_code for page in shown] == [403, 403, 200]
    due = [sqlite_house.signed_in(people[who]).get("/due").text for who in ("kari", "rita")]
    assert ['href="/ops"' in page for page in due] == [False, True]
    assert sent(sqlite_house, "kari", "/ops/drop", ref="notice:1")[0] == 403


def test_ops_says_that_slack_refuses_a_token_until_it_is_taken(house: House) -> None:
    store, now, rita = house.store, house.clock.now(), house.people["rita"]
    refused = ((chat_tokens.CHAT, "token_revoked"), (chat_tokens.LINE, "invalid_auth"))
    for key, code in (*refused, (chat_tokens.NEXT, chat_tokens.unrenewed("no_such_token"))):
        store.run_sync(chat_tokens.refuse, code, key=key, now=now)
    pages = [house.signed_in(rita).get("/ops").text]
    for key in (chat_tokens.CHAT, chat_tokens.LINE, chat_tokens.NEXT):
        store.run_sync(chat_tokens.accept, key=key, now=now)
        pages.append(house.signed_in(rita).get("/ops").text)

    codes = ("token_revoked", "invalid_auth", "no_such_token")
    assert [[code in page for code in codes] for page in pages] == [
        [True, True, True],
        [False, True, True],
        [False, False, True],
        [False, False, False],
    ]
