"""What comes again and again in the same words waits, whoever sends it; a moderator may insist."""

from datetime import datetime

from community import lists
from community.posts import Post
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

SAID = "I am away until Monday and read no mail."
ADA, BO, MONA = (f"{name}@example.org" for name in ("ada.holm", "bo.li", "mona.vik"))


def test_the_third_of_the_same_words_waits_and_a_moderators_does_not(
    store: Store, now: datetime
) -> None:
    list_id = a_list(store, a_person(store), a_person(store, "Bo Li"), a_moderator(store))
    elsewhere = a_list(store, 1, address="lab@lists.example.org")
    for each in (list_id, elsewhere):
        changes = ["newcomer_posts=0", "threads_per_day=99"]
        store.run_sync(lists.set_policy, each, changes, by=None, now=now)

    def rule(sender: str, subject: str, text: str, *, to: int = list_id) -> str:
        post_id = a_post(store, to, a_mail(sender, subject=subject, text=text), now=now)
        return store.read_sync(lambda session: session.get_one(Post, post_id).rule)

    assert [rule(ADA, "1", SAID), rule(BO, "2", f"{SAID}\n-- \nBo")] == ["accepted"] * 2
    assert rule(BO, "3", f"{SAID.upper()}\n\n> What about lunch?") == "repeated"
    assert rule(MONA, "4", SAID) == "accepted"
    assert rule(ADA, "5", SAID, to=elsewhere) == "accepted"
    assert rule(ADA, "6", SAID + " But on Friday.") == "accepted"
    store.run_sync(lists.set_policy, list_id, ["repeats=0"], by=None, now=now)
    assert rule(ADA, "7", SAID) == "accepted"
