"""The people, lists and mails of the day that is cut off at every point (`day.py`)."""

from datetime import UTC, datetime, timedelta

from community import lists
from community.deliveries import set_mode
from community.people import Role
from community.store import Session, Store
from community.subscriptions import Mode
from proofs.injector import Mail
from proofs.journals import Entry
from tests.builders import EARLIER, a_list, a_person

#: Monday 1 February 2027, 10:00 in Oslo; and after that day's digest.
MORNING = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
#: Longer than a lease: who waits for the end of one does not meet the end of the grace by it.
GRACE = timedelta(minutes=10)
#: By then it is over, also of a post that came after a crash and the end of a lease.
RELEASED = MORNING + timedelta(minutes=15)
EVENING = datetime(2027, 2, 1, 15, 5, tzinfo=UTC)
AUTHOR, READER = "ada.holm@example.org", "bo.lind@example.org"
#: The first person there is.
MODERATOR = 1
FREE, QUIET = "free@lists.example.org", "quiet@lists.example.org"


def settle(store: Store) -> None:
    """Put five people on two lists: one lets posts out after its grace, one holds them."""
    a_person(store, "Mona Vik", roles=(Role.MODERATOR,))
    ada, bo, eva, dag = (
        a_person(store, name) for name in ("Ada Holm", "Bo Lind", "Eva Dahl", "Dag Moe")
    )
    free = a_list(store, ada, bo, eva, dag, address=FREE, grace_seconds=GRACE.seconds)
    a_list(store, ada, bo, eva, address=QUIET)

    def choose(session: Session) -> None:
        policy = ["newcomer_posts=0"]
        lists.set_policy(session, free, policy, by=None, now=EARLIER)
        set_mode(session, free, Mode.DAILY, by=dag, now=EARLIER)

    store.run_sync(choose)


def _mail(name: str, to: str) -> Mail:
    message_id = f"{name}@example.org"
    raw = (
        f"From: Ada Holm <{AUTHOR}>\r\nTo: {to}\r\nSubject: {name}\r\n"
        f"Message-ID: <{message_id}>\r\nDate: Mon, 1 Feb 2027 10:00:00 +0100\r\n\r\n"
        f"This is about {name}.\r\n"
    )
    return Mail(message_id=message_id, sender=AUTHOR, recipient=to, raw=raw.encode())


OPEN = _mail("lunch", FREE)
HELD = _mail("seminar", QUIET)
OFF_TOPIC = _mail("bicycle", QUIET)


def bounce_of(taken: list[Entry]) -> Mail:
    """Return the report that the reader's mail server sends about the first post."""
    sender = next(
        entry["sender"]
        for entry in taken
        if (entry["message_id"], entry["recipient"]) == (OPEN.message_id, READER)
    )
    raw = (
        f"From: MAILER-DAEMON@example.org\r\nTo: {sender}\r\nSubject: Undelivered\r\n"
        "Message-ID: <bounce@example.org>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n"
        f"\r\nFinal-Recipient: rfc822; {READER}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--b--\r\n"
    )
    return Mail(message_id="bounce@example.org", sender="", recipient=sender, raw=raw.encode())
