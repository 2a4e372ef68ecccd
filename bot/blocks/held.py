"""The moderators' queue as a modal: a page of posts to mark and decide together, or one to look at.

What is chosen above the page (rule, place) is kept in the view, as ids and names of ours.
"""

from dataclasses import dataclass

from bot.blocks import kit, letters
from bot.blocks.kit import Json
from community.bulks import DECISIONS
from community.holds import HeldPost, Page, Wanted
from community.people import Reader
from letters import posts as words_of
from letters.actions import ACTIONS
from letters.letter import House
from letters.posts import QUEUE
from texts import Language, moment, say, say_many

#: So many can be marked at once: Slack's checkboxes have no more.
MOST = 10
SIFT, LATER, EARLIER, LOOK, BACK = (
    "post.sift",
    "post.later",
    "post.earlier",
    "post.look",
    "post.back",
)
ALL = "all"
MARKED, DECISION, EVERY = "marked", "decision", "every"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Where somebody is in the queue: what they wanted to see, and the pages before this one."""

    wanted: Wanted
    #: The last post of each page before; this page begins after the last of these.
    before: tuple[int, ...] = ()

    @property
    def after(self) -> int:
        """Return the post after which this page begins."""
        return self.before[-1] if self.before else 0

    def kept(self) -> Json:
        """Return it as the view keeps it."""
        return {"list": self.wanted.list_address, "rule": self.wanted.rule, "before": self.before}


def queue(language: Language, page: Page, shelf: Shelf, house: House, *, note: str = "") -> Json:
    """Return a page of the queue."""
    top = [kit.words(note)] if note else []
    if not page.posts:
        nothing = kit.words(say(language, "No post waits for a moderator."))
        return _view(language, [*top, nothing, *_places(language, page, shelf)], shelf)
    return _view(
        language,
        [
            *top,
            kit.header(_how_many(language, page)),
            *_sieve(language, page, shelf),
            *_posts(language, page, shelf, house),
            *_places(language, page, shelf),
            *_decide(language, page, shelf),
        ],
        shelf,
        submit=say(language, "Decide"),
    )


def one(language: Language, post: HeldPost, reader: Reader, house: House, *, shelf: Shelf) -> Json:
    """Return one post of the queue, whole, with everything that can be done with it."""
    back = kit.button(say(language, "Back to the queue"), BACK, str(post.post_id))
    shown = letters.shown(words_of.hold(post, reader, house)).blocks
    return _view(language, [*shown, *kit.rows([back])], shelf)


def _view(language: Language, blocks: list[Json], shelf: Shelf, *, submit: str = "") -> Json:
    return kit.modal(
        QUEUE,
        say(language, "The queue"),
        blocks,
        submit=submit or None,
        close=say(language, "Close"),
        kept=shelf.kept(),
    )


def _how_many(language: Language, page: Page) -> str:
    return say_many(
        language,
        "{n} post waits for a moderator",
        "{n} posts wait for a moderator",
        page.count,
    )


def _sieve(language: Language, page: Page, shelf: Shelf) -> list[Json]:
    """Return the menu of rules, or the one rule by which all wait."""
    words = page.posts[0].policy
    if len(page.by_rule) < 2:
        return [kit.small(words_of.ruled(language, page.posts[0].rule, words))]
    choices = [(ALL, say(language, "All rules"))]
    choices += [(rule, words_of.ruled(language, rule, words) or rule) for rule in page.by_rule]
    return kit.rows([kit.menu(SIFT, choices, shelf.wanted.rule or ALL)])


def _posts(language: Language, page: Page, shelf: Shelf, house: House) -> list[Json]:
    choices = [
        (
            str(post.post_id),
            post.subject or say(language, "(no subject)"),
            about(language, post, house, with_rule=len(page.by_rule) > 1),
        )
        for post in page.posts[:MOST]
    ]
    marked = kit.asked(MARKED, say(language, "Mark posts"), kit.checkboxes(choices), optional=True)
    subjects = [(number, subject) for number, subject, _ in choices]
    look = kit.menu(LOOK, subjects, ask=say(language, "Look at one"))
    # Another page is another field: Slack would keep what was marked on this one.
    return [{**marked, "block_id": f"{MARKED}-{shelf.after}-{choices[0][0]}"}, *kit.rows([look])]


def about(language: Language, post: HeldPost, house: House, *, with_rule: bool) -> str:
    """Say in a line whose a post is, until when it waits, and why if not all do for the same."""
    parts = [post.from_name or post.from_email]
    if post.deadline_at is not None:
        parts.append(moment(language, house.local(post.deadline_at)))
    if with_rule:
        parts.append(words_of.because(language, post))
    return " · ".join(filter(None, parts))


def _decide(language: Language, page: Page, shelf: Shelf) -> list[Json]:
    choices = [(str(each), say(language, ACTIONS[f"post.{each}"].label)) for each in DECISIONS]
    many = say_many(
        language, "All {n} that wait by this choice", "All {n} that wait by this choice", page.count
    )
    every = kit.checkboxes([(EVERY, many, "")])
    ask = say(language, "Instead of those that are marked")
    decisions = kit.menu(DECISION, choices, ask=say(language, "Choose"))
    return [
        kit.asked(DECISION, say(language, "What to do with them"), decisions),
        *([kit.asked(EVERY, ask, every, optional=True)] if page.count > len(page.posts) else []),
    ]


def _places(language: Language, page: Page, shelf: Shelf) -> list[Json]:
    buttons = []
    if shelf.before:
        buttons.append(kit.button(say(language, "Earlier posts"), EARLIER))
    if page.after is not None:
        buttons.append(kit.button(say(language, "Later posts"), LATER, str(page.after)))
    return kit.rows(buttons)
