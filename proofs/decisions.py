"""The same held posts decided through every door at the same moment: the first wins, once (R16).

Four moderators, each at a door of their own with its own connections, as processes have: a press in
Slack, the page of a mailed link, an answer to a mail, and a form of somebody signed in.
"""

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Barrier

from sqlalchemy import func, select
from starlette.testclient import TestClient

from bench import town
from community import docket_replies, journal, lists, sessions
from community.cases import Proof
from community.docket_replies import DocketReply, Given, Said
from community.dockets import Docket, DocketPost
from community.errors import Refusal
from community.outbox import Delivery, Notice
from community.posts import Post
from community.store import Session, Store
from community.tokens import Right
from letters.actions import ACTIONS
from tests import builders
from web.app import build

RACES = 1_000
NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
ORIGIN = "https://samband.example.org"
#: What each door says, in turn: so each door says each about equally often.
SAID = ("accept", "digest", "return", "discard")
WHY = "Please add a date."
#: The moderators, by the name of the door in the journal; two have a browser.
PEOPLE = {"slack": "Siv Lund", "link": "Lars Moe", "mail": "Mona Vik", "form": "Finn Dahl"}
#: What becomes of a post; of how many copies; of which letter to its author.
CAME_OF = {
    "accept": ("released", 1, ""),
    "digest": ("queued", 0, "post.digest"),
    "return": ("returned", 0, "post.return"),
    "discard": ("discarded", 0, ""),
}

#: Says one thing of one post; returns "" when it counts, or what is answered instead.
Decide = Callable[[int, str], str]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What came of it."""

    races: int
    #: How often each door was first.
    won: Counter[str]
    #: What was not as promised, in words.
    wrong: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Say whether each post was decided once, and everybody else heard by whom."""
        return not self.wrong and self.won.total() == self.races


class _Clock:
    def now(self) -> datetime:
        return NOW


def run(url: str, races: int) -> Tally:
    """Have so many posts on a new, migrated database, and each door decide about each."""
    with contextlib.ExitStack() as doors:
        stores = {door: doors.enter_context(contextlib.closing(Store(url))) for door in PEOPLE}
        people, posts = _populate(stores["slack"], races)
        barrier = Barrier(len(PEOPLE))
        deciding = {
            "slack": _slack(stores["slack"], people["slack"]),
            "link": doors.enter_context(_link(stores["link"], people["link"])),
            "mail": _mail(stores["mail"], people["mail"], posts),
            "form": doors.enter_context(_form(stores["form"], people["form"])),
        }
        with ThreadPoolExecutor(len(PEOPLE)) as threads:
            racing = {
                door: threads.submit(_all, decide, turn, posts, barrier)
                for turn, (door, decide) in enumerate(deciding.items())
            }
            answers = {door: each.result() for door, each in racing.items()}
        return _tally(stores["slack"], posts, people, answers)


def _populate(store: Store, races: int) -> tuple[dict[str, int], list[int]]:
    """Put moderators and an author there, and posts of the author that all wait."""
    author = builders.a_person(store, "Ada Holm")
    list_id = builders.a_list(store, author)
    waits = [f"newcomer_posts={races + 1}"]
    store.run_sync(lists.set_policy, list_id, waits, by=None, now=builders.EARLIER)
    people = {door: builders.a_moderator(store, name) for door, name in PEOPLE.items()}
    mails = (builders.a_mail(subject=f"Race {number}") for number in range(races))
    return people, [builders.a_post(store, list_id, mail, now=NOW) for mail in mails]


def _all(decide: Decide, turn: int, posts: list[int], barrier: Barrier) -> list[str]:
    answers = []
    for number, post_id in enumerate(posts):
        barrier.wait(timeout=60)
        answers.append(decide(post_id, _said(turn, number)))
    return answers


def _said(turn: int, number: int) -> str:
    return SAID[(turn + number) % len(SAID)]


def _slack(store: Store, by: int) -> Decide:
    at = store.door("slack")

    def decide(post_id: int, said: str) -> str:
        words = {"reason": WHY} if said == "return" else {}
        try:
            at.run_sync(ACTIONS[f"post.{said}"].act, post_id, by=by, now=NOW, **words)
        except Refusal as no:
            return str(no)
        return ""

    return decide


def _mail(store: Store, by: int, posts: list[int]) -> Decide:
    """Answer a mail in which all of them stand under their numbers."""
    at = store.door("mail")
    email = builders.a_reader(store, by).email

    def issue(session: Session) -> int:
        docket = Docket(person_id=by, made_at=NOW)
        session.add(docket)
        session.flush()
        session.add_all(
            DocketPost(docket_id=docket.id, number=post_id, post_id=post_id) for post_id in posts
        )
        return docket.id

    docket_id = at.run_sync(issue)

    def outcome(session: Session, fingerprint: str) -> str:
        one = DocketReply.fingerprint == fingerprint
        [refused] = session.scalars(select(DocketReply).where(one)).one().outcome.values()
        return refused[0].format(**refused[1]) if refused else ""

    def decide(post_id: int, said: str) -> str:
        given = Given(
            fingerprint=str(post_id),
            from_addresses=(email,),
            proof=Proof.PASS,
            said=(Said(verb=said, numbers=(post_id,), reason=WHY),),
            text=said,
        )
        at.run_sync(docket_replies.take, docket_id, given, now=NOW)
        return at.read_sync(outcome, str(post_id))

    return decide


@contextlib.contextmanager
def _link(store: Store, by: int) -> Iterator[Decide]:
    """Press the button of the page behind a mailed link."""
    tokens = builders.a_house().tokens
    with _browser(store) as browser:

        def decide(post_id: int, said: str) -> str:
            token = tokens.link(Right(f"post.{said}", post_id, by))
            answer = browser.post(f"/posts/{token}/{said}", data={"reason": WHY})
            return _read(answer.status_code, answer.text)

        yield decide


@contextlib.contextmanager
def _form(store: Store, by: int) -> Iterator[Decide]:
    """Send a form of the moderators' page."""
    with _browser(store) as browser:
        store.run_sync(sessions.ask, builders.a_reader(store, by).email, now=NOW)
        request_id = builders.notices(store, "sign_in.link")[-1].object_id
        cookie = store.run_sync(sessions.sign_in, request_id, by=by, now=NOW)
        browser.cookies.set("__Host-samband", cookie, domain="samband.example.org")
        token = browser.get("/me").text.partition('name="form_token" value="')[2].partition('"')[0]

        def decide(post_id: int, said: str) -> str:
            form = {"form_token": token, "reason": WHY}
            answer = browser.post(f"/posts/{post_id}/{said}", data=form)
            return _read(answer.status_code, answer.text)

        yield decide


@contextlib.contextmanager
def _browser(store: Store) -> Iterator[TestClient]:
    app = build(store.door("web"), builders.a_house(), _Clock())
    with TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}) as browser:
        yield browser


def _read(status: int, page: str) -> str:
    """Return "" for a page that says it is done, or what the page says instead."""
    if status == 200:
        return ""
    note = page.partition('role="alert">')[2].partition("<")[0].strip()
    return note or f"status {status}"


def _tally(
    store: Store, posts: list[int], people: dict[str, int], answers: dict[str, list[str]]
) -> Tally:
    won: Counter[str] = Counter()
    wrong: list[str] = []
    for number, post_id in enumerate(posts):
        first = [door for door in PEOPLE if not answers[door][number]]
        if len(first) != 1:
            wrong.append(f"post {post_id}: decided by {first or 'nobody'}")
            continue
        [door] = first
        won[door] += 1
        said = _said(list(PEOPLE).index(door), number)
        start = f"{PEOPLE[door]} has already "
        others = [answers[each][number] for each in PEOPLE if each != door]
        wrong += [f"post {post_id}: said {no!r}" for no in others if not no.startswith(start)]
        seen = store.read_sync(_seen, post_id)
        promised = _promised(said, people[door], _door_of(door))
        if seen != promised:
            wrong.append(f"post {post_id}: {json.dumps([seen, promised])}")
    return Tally(races=len(posts), won=won, wrong=tuple(wrong))


def _door_of(door: str) -> str:
    return "web" if door in ("link", "form") else door


def _promised(said: str, by: int, door: str) -> dict[str, object]:
    state, copies, letter = CAME_OF[said]
    return {
        "state": state,
        "by": by,
        "decided": [[f"post.{said}", by, door]],
        "copies": copies,
        "letters": [letter] if letter else [],
    }


def _seen(session: Session, post_id: int) -> dict[str, object]:
    """Read what one post has become, and everything that was put into the outbox for it."""
    post = session.get_one(Post, post_id)
    life = journal.of(session, "post", post_id)
    copies = select(func.count()).select_from(Delivery).where(Delivery.post_id == post_id)
    about = (Notice.object_id == post_id, Notice.kind.in_(("post.digest", "post.return")))
    return {
        "state": post.state,
        "by": post.decided_by,
        "decided": [[each.event, each.person_id, each.door] for each in life if each.person_id],
        "copies": session.scalar(copies) or 0,
        "letters": list(session.scalars(select(Notice.kind).where(*about))),
    }


def main(arguments: list[str]) -> bool:
    """Print a table: both databases."""
    races = int(arguments[0]) if arguments else RACES
    print("| database | posts | doors | first | wrong | sound |")
    print("|---|---|---|---|---|---|")
    is_sound = True
    for kind in town.DATABASES:
        with town.database(kind) as url:
            tally = run(url, races)
        first = ", ".join(f"{door}: {tally.won[door]}" for door in PEOPLE)
        verdict = "yes" if tally.is_sound else "NO"
        print(f"| {kind} | {races} | {len(PEOPLE)} | {first} | {len(tally.wrong)} | {verdict} |")
        for words in tally.wrong[:10]:
            print(words, flush=True)
        is_sound = is_sound and tally.is_sound
    return is_sound
