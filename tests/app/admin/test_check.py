"""`samband check`: what it counts, what it finds, and how it compares with a relay's journal."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, update

from community import outbox
from community.due import Outcome, Work
from community.outbox import Delivery, Notice
from community.posts import PostSource
from community.store import Session, Store
from mailing.letter import message_id
from tests.app.conftest import Command
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, deliveries

MONA = "mona.vik@example.org"


def a_relayed_post(store: Store, now: datetime) -> str:
    """Have a post taken by the relay for one of its two readers; return its Message-ID."""
    mail = a_mail(MONA)
    a_post(store, a_list(store, a_person(store), a_moderator(store)), mail, now=now)
    lease = timedelta(seconds=120)
    first, _ = store.run_sync(outbox.claim_deliveries, now=now, limit=2, lease=lease, by="w")
    done = Outcome(row_id=first.id, fence=1, state=Work.DONE, reference="250 ok")
    store.run_sync(outbox.settle_deliveries, [done], now=now)
    return mail.message_id


def _written(path: Path, *entries: dict[str, str]) -> str:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return str(path)


def test_a5_check_counts_what_there_is_and_ends_well(
    command: Command, store: Store, now: datetime
) -> None:
    a_relayed_post(store, now)

    result = command("check")

    assert result.output.splitlines() == [
        "1 post accepted, 2 deliveries: 1 relayed, 0 refused, 0 expired, 0 cancelled, 1 waiting; "
        "at most 0 in doubt, 0 missing.",
        "In digests: 0 sent or on their way, 0 for the next one.",
        "Nothing is lost, nothing is double.",
    ]
    assert result.exit_code == 0


def test_a5_check_says_what_is_wrong_and_what_to_do_and_ends_with_1(
    command: Command, store: Store, now: datetime
) -> None:
    a_relayed_post(store, now)

    def lose(session: Session) -> None:
        session.execute(delete(Delivery).where(Delivery.id == 1))
        session.execute(update(PostSource).values(raw=b"other"))

    store.run_sync(lose)
    result = command("check", language="nb")
    shown = json.loads(command("check", "--json").output)

    assert result.exit_code == 1
    assert result.output.splitlines()[2:] == [
        "Innlegg der leveringer mangler. 1: post 1",
        "  -> Gjenopprett siste gode sikkerhetskopi ved siden av og sammenlign; behold denne.",
        "Innlegg som ikke lenger er byte for byte slik de kom. 1: post 1",
        "  -> Gjenopprett siste gode sikkerhetskopi ved siden av og sammenlign; behold denne.",
    ]
    assert (shown["is_sound"], shown["journal"]) == (False, None)
    assert [each["name"] for each in shown["balance"]["broken"]] == ["post.missing", "post.bytes"]


def test_check_finds_the_journal_of_the_relay_and_our_rows_in_agreement(
    command: Command, store: Store, now: datetime, tmp_path: Path
) -> None:
    its_id = a_relayed_post(store, now)
    reader = deliveries(store, 1)[0].email
    relay = _written(tmp_path / "relay", {"message_id": f"<{its_id}>", "recipient": reader})
    sender = _written(tmp_path / "sender", {"message_id": f"<{its_id}>"})

    result = command("check", "--journal", relay, "--journal", sender)

    assert result.output.splitlines()[2:] == [
        "The journals: 1 mail answered with 250, 1 copy taken by the relay, 0 of them second ones; "
        "at most 0 in doubt.",
        "Nothing is lost, nothing is double.",
    ]
    assert result.exit_code == 0


def test_check_names_what_the_journal_shows_to_be_wrong(
    command: Command, store: Store, now: datetime, tmp_path: Path
) -> None:
    its_id = a_relayed_post(store, now)
    stranger = {"message_id": its_id, "recipient": "eve@example.com"}
    journal = _written(tmp_path / "j", stranger, {"message_id": "gone@example.org"})

    result = command("check", "--journal", journal)

    assert result.exit_code == 1
    reader = deliveries(store, 1)[0].email
    assert result.output.splitlines()[3:] == [
        "Mails that we answered with 250, and of which there is no post: 1.",
        "  gone@example.org",
        "  -> Compare with the last backup: was an older database put in its place?",
        "Copies that we call relayed, and that the relay never had: 1.",
        f"  {its_id} {reader}",
        "  -> Look into the log of the relay for these Message-IDs.",
        "Copies for people of whom no row of ours says that they get it: 1.",
        f"  {its_id} eve@example.com",
        "  -> Was somebody erased since, or does another service use this relay?",
    ]


def test_check_knows_letters_by_their_message_ids(
    command: Command, store: Store, now: datetime, tmp_path: Path
) -> None:
    a_person(store)

    def tell(session: Session) -> str:
        outbox.put(session, "person.welcome", 1, 1, now=now)
        return message_id(session.get_one(Notice, 1).key, "lists.example.org")

    taken = {"message_id": store.run_sync(tell), "recipient": "ada.holm@example.org"}
    journal = _written(tmp_path / "j", taken, taken)

    shown = json.loads(command("check", "--json", "--journal", journal).output)["journal"]

    assert shown["strangers"] == []
    assert [count for _, count in shown["unexplained"]] == [2]


def test_check_says_which_line_is_no_journal(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_text("nonsense\n{}\n")

    result = command("check", "--journal", str(path))

    assert result.exit_code == 1
    assert result.output == f"{path}: line 1 has no message_id in JSON\n"
