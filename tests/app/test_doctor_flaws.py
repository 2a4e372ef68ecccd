from datetime import datetime

from app.doctor_flaws import flaws
from community import freezes
from community.conservation import Flaw
from community.store import Store


def test_the_doctor_says_what_the_hourly_check_has_found(store: Store, now: datetime) -> None:
    (before,) = flaws(store.url)
    flaw = Flaw(name="post.missing", count=2, ids="17, 18", since=now)
    store.run_sync(lambda session: session.add(flaw))

    (after,) = flaws(store.url)

    assert (before.how, before.words) == (
        "ok",
        "The hourly check has found nothing lost and nothing double.",
    )
    assert (after.how, after.words) == ("bad", "Posts of which deliveries are missing. 2: 17, 18.")
    assert after.mend.endswith("keep this one. “samband check” says more.")


def test_u3_the_doctor_says_that_the_outbox_is_frozen(store: Store, now: datetime) -> None:
    store.run_sync(freezes.freeze, why=freezes.OLDER, now=now)

    found = flaws(store.url)

    assert [(each.how, each.what) for each in found] == [("bad", "outbox"), ("ok", "mail")]
    assert found[0].words == (
        "The outbox is frozen since 2027-02-01 09:00 UTC. The database is older than what this "
        "installation has done since. 0 may have been sent already."
    )
