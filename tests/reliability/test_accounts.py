"""What the proofs count as explained: a try whose answer was lost, settled or not."""

from datetime import datetime

from community.outbox import Delivery
from community.store import Session, Store
from proofs import accounts
from tests.builders import a_list, a_mail, a_person, a_post


def test_each_try_whose_answer_was_lost_may_be_a_second_copy(store: Store, now: datetime) -> None:
    people = [a_person(store, name) for name in ("Ada Holm", "Bo Li", "Dag Ek", "Eva Moe")]
    post_id = a_post(store, a_list(store, *people), a_mail())
    # Claimed, tried and without an answer: sound; being tried; settled without one; both.
    tries = ((1, 1, 0), (2, 1, 0), (2, 2, 1), (3, 2, 1))

    def put(session: Session) -> None:
        for person_id, (claims, attempts, doubts) in zip(people, tries, strict=True):
            session.add(
                Delivery(
                    key=f"post:{post_id}:person:{person_id}",
                    post_id=post_id,
                    person_id=person_id,
                    email=f"{person_id}@example.org",
                    state="done",
                    due_at=now,
                    claims=claims,
                    attempts=attempts,
                    doubts=doubts,
                )
            )

    store.run_sync(put)
    copies = {each.copy.recipient: each.doubts for each in store.read_sync(accounts.owed)}
    counted = [copies[f"{person_id}@example.org"] for person_id in people]

    assert counted == [0, 1, 1, 2]
