"""The mailed sign-in link."""

from datetime import datetime

from community import sessions
from community.store import Store
from tests import builders


def test_link_says_until_when_and_goes_once_used(store: Store, now: datetime) -> None:
    bo = builders.a_person(store, "Bo Lie", language="nb")
    store.run_sync(sessions.ask, "bo.lie@example.org", now=now)
    request = builders.notices(store, "sign_in.link")[0].object_id

    letter = builders.letter(store, "sign_in.link", bo)
    store.run_sync(sessions.sign_in, request, by=bo, now=now)

    assert letter is not None
    assert letter.language == "nb"
    assert "10.30" in letter.paragraphs[0]
    assert [button.action for button in letter.buttons] == ["sign_in.open"]
    assert letter.invitation is None
    assert builders.letter(store, "sign_in.link", bo) is None
