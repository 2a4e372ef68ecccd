"""What the author of an accepted post is told: when it goes out, and once how to say its topic."""

from datetime import datetime, timedelta

from community import lists, releases, withdrawals
from community.store import Store
from community.topics import INSTEAD
from letters.letter import Letter
from tests.builders import a_list, a_mail, a_person, a_post, letter, notices

ASKED = f"Another time: {INSTEAD}"
WHERE = "What the rules said, and what becomes of it: https://samband.example.org/posts/{}/fate"


def test_who_says_no_topic_learns_once_how_to_where_the_list_asks(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    list_id = a_list(store, ada, a_person(store, "Bo Li"), grace_seconds=120)
    policy = ["newcomer_posts=0", "topics=ask", "threads_per_day=99"]
    store.run_sync(lists.set_policy, list_id, policy, by=None, now=now)

    def write(subject: str) -> int:
        return a_post(store, list_id, a_mail(subject=subject), now=now)

    def read() -> Letter:
        found = letter(store, "post.accept", ada)
        assert found is not None
        return found

    write("[job] A position")
    assert ASKED not in read().paragraphs
    taken_back = write("Tea")
    store.run_sync(withdrawals.withdraw, taken_back, by=ada, now=now)
    lunch = write("Lunch")
    assert read().subject == "On its way at 10:02: Lunch"
    assert read().paragraphs[-2:] == (ASKED, WHERE.format(lunch))
    late = now + timedelta(minutes=3)
    store.run_sync(releases.release, lunch, detail="", due_at=late, now=late)
    assert (read().subject, read().paragraphs) == (
        "Your post has gone out: Lunch",
        (ASKED, WHERE.format(lunch)),
    )
    write("Supper")
    assert read().subject == "On its way at 10:02: Supper"
    assert ASKED not in read().paragraphs


def test_a_list_without_grace_writes_no_other_letter(store: Store, now: datetime) -> None:
    ada = a_person(store, language="nb")
    list_id = a_list(store, ada)
    for asks in ("off", "ask"):
        policy = ["newcomer_posts=0", f"topics={asks}"]
        store.run_sync(lists.set_policy, list_id, policy, by=None, now=now)
        for subject in ("Lunch", "[social] Supper", "Tea", "Re: Tea"):
            a_post(store, list_id, a_mail(subject=f"{subject} {asks}"), now=now)

    assert len(notices(store, "post.accept")) == 1
    found = letter(store, "post.accept", ada)
    assert found is not None
    assert (found.subject, found.why) == (
        "Innlegget ditt er sendt ut: Lunch ask",
        "Du får dette én gang, fordi du skrev til postdocs@lists.example.org.",
    )
    assert "[jobb]" in found.paragraphs[0]
