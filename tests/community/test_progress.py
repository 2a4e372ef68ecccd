from datetime import UTC, datetime, timedelta

from sqlalchemy import event

from community import expectations, meetings, mentoring, progress
from community.people import Role
from community.progress import Progress
from community.store import Session, Store
from tests.builders import a_coordinator, a_person

DAY = timedelta(days=1)
#: Friday 12 February 2027, 11:00 in Oslo, and two times after it.
FRIDAY = datetime(2027, 2, 12, 10, tzinfo=UTC)
MONDAY, TUESDAY = FRIDAY + 3 * DAY, FRIDAY + 4 * DAY


def test_how_far_pairs_have_come_is_asked_as_often_however_many_they_are(
    store: Store, now: datetime
) -> None:
    kari, ada, bo = a_coordinator(store), a_person(store, "Ada Holm"), a_person(store, "Bo Li")
    per = a_person(store, "Per Foss", roles=(Role.MENTOR,))
    pair, with_bo = (
        store.run_sync(expectations.begin, postdoc_id=postdoc, mentor_id=per, by=kari, now=now)
        for postdoc in (ada, bo)
    )
    times = {"time_1": TUESDAY, "time_2": FRIDAY, "time_3": MONDAY}
    store.run_sync(meetings.offer, pair.id, **times, by=ada, now=now)
    meeting = store.run_sync(meetings.book, with_bo.id, starts_at=FRIDAY, by=bo, now=now)

    def asked(session: Session, most: int) -> tuple[int, list[Progress]]:
        pairs, seen = mentoring.active(session)[:most], list[str]()
        event.listen(
            session.connection(), "before_cursor_execute", lambda *call: seen.append(call[2])
        )
        found = progress.of_pairs(session, pairs)
        return len(seen), found

    for most in (0, 1, 2):
        assert store.read_sync(asked, most)[0] == 2
    one, two = store.read_sync(asked, 2)[1]
    assert ([at for _, at in one.times], one.offered_by) == ([FRIDAY, MONDAY, TUESDAY], ada)
    assert (one.meeting, two.times, two.offered_by) == (None, (), None)
    assert two.meeting is not None
    assert two.meeting.id == meeting.id
    assert store.read_sync(progress.of_pair, pair.id).times == one.times
    assert store.read_sync(progress.of_meeting, meeting.id).pair == two.pair
