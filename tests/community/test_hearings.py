"""What the rules look at in a mail, by value, on both databases."""

from dataclasses import replace

import pytest

from community import hearings
from community.attachments import Attached
from community.cases import PostFacts, Proof, StrayWish
from community.hearings import Answered
from community.lists import MailingList
from community.received import Received
from community.store import Session, Store
from tests.builders import a_list, a_mail

BO = 2
OPENING = Answered(thread_id=1, author_id=BO, is_closed=False, fields="")


@pytest.fixture
def list_id(store: Store) -> int:
    a_list(store, address="lab@lists.example.org")
    return a_list(store)


def _facts(
    store: Store, list_id: int, mail: Received, answered: Answered | None = None, author: int = 1
) -> PostFacts:
    def read(session: Session) -> PostFacts:
        a_list = session.get_one(MailingList, list_id)
        return hearings.facts(session, a_list, mail, answered, author_id=author)

    return store.read_sync(read)


def test_a_plain_mail_says_this(store: Store, list_id: int) -> None:
    mail = a_mail()

    assert _facts(store, list_id, mail) == PostFacts(
        is_unreadable=False,
        is_loop=False,
        is_automatic=False,
        from_addresses=("ada.holm@example.org",),
        is_reply=False,
        proof=Proof.UNKNOWN,
        size_bytes=len(mail.raw),
        file_endings=(),
        largest_file_bytes=0,
        recipients=1,
        lists=1,
        has_subject=True,
        has_topic=False,
        wish=StrayWish.NONE,
        is_suspect=False,
        is_thanks=False,
        own_lines=1,
        quoted_lines=0,
        is_closed=False,
    )


def test_files_are_known_by_what_stands_behind_the_last_dot(store: Store, list_id: int) -> None:
    files = (("Notes.PDF", 900), ("photo.jpg.EXE ", 40), ("no ending", 1_000), ("", 5))
    brought = tuple(
        Attached(name=name, content_type="text/plain", size_bytes=size) for name, size in files
    )

    found = _facts(store, list_id, replace(a_mail(), attachments=brought))

    assert found.file_endings == ("pdf", "exe", "", "")
    assert found.largest_file_bytes == 1_000


@pytest.mark.parametrize(
    ("to", "recipients", "named"),
    [
        ((), 0, 0),
        (("postdocs@lists.example.org",), 1, 1),
        (("postdocs+physics@lists.example.org", "kari@example.com"), 2, 1),
        (("postdocs@lists.example.org", "lab@lists.example.org", "kari@example.com"), 3, 2),
        (("kari@example.com", "lab@lists.example.com"), 2, 0),
        (("lab+x@lists.example.org", "LAB@lists.example.org"), 2, 1),
    ],
)
def test_lists_are_counted_once_each_whatever_their_tag(
    store: Store, list_id: int, to: tuple[str, ...], recipients: int, named: int
) -> None:
    found = _facts(store, list_id, replace(a_mail(), to_addresses=to))

    assert (found.recipients, found.lists) == (recipients, named)


@pytest.mark.parametrize(
    ("subject", "has_subject"),
    [
        ("Lunch", True),
        ("", False),
        ("Re: ", False),
        ("SV: Re: [postdocs] ", False),
        ("Re: a", True),
    ],
)
def test_marks_alone_are_no_subject(
    store: Store, list_id: int, subject: str, has_subject: bool
) -> None:
    assert _facts(store, list_id, a_mail(subject=subject)).has_subject is has_subject


@pytest.mark.parametrize(
    ("answered", "author", "is_thanks"),
    [
        (OPENING, 1, True),
        (OPENING, BO, False),  # nobody thanks themselves
        (replace(OPENING, author_id=None), 1, False),
        (None, 1, False),
    ],
)
def test_thanks_need_somebody_else_to_thank(
    store: Store, list_id: int, answered: Answered | None, author: int, is_thanks: bool
) -> None:
    found = _facts(store, list_id, a_mail(text="Thank you!"), answered, author)

    assert found.is_thanks is is_thanks


def test_lines_are_counted_in_answers_alone(store: Store, list_id: int) -> None:
    mail = a_mail(text="Yes.\n\n> one\n> two\n")

    answer, new = _facts(store, list_id, mail, OPENING), _facts(store, list_id, mail)

    assert (answer.own_lines, answer.quoted_lines) == (1, 2)
    assert (new.own_lines, new.quoted_lines) == (1, 0)


def test_what_is_answered_says_whether_its_thread_is_closed(store: Store, list_id: int) -> None:
    closed = replace(OPENING, is_closed=True)

    assert _facts(store, list_id, a_mail(), closed).is_closed is True
    assert _facts(store, list_id, a_mail(), OPENING).is_closed is False


def test_our_own_list_id_and_a_spam_mark_are_seen(store: Store, list_id: int) -> None:
    marked = replace(a_mail(), raw=b"X-Spam-Flag: YES\r\n\r\nBuy.\r\n")
    been_here = replace(a_mail(), list_ids=("postdocs.lists.example.org",))
    elsewhere = replace(a_mail(), list_ids=("postdocs.lists.example.com",))

    assert _facts(store, list_id, marked).is_suspect is True
    assert _facts(store, list_id, been_here).is_loop is True
    assert _facts(store, list_id, elsewhere).is_loop is False
