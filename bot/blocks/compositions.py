"""The form in which a post is written, and the same form with what will become of it on top.

What was typed travels in the form's own fields: nothing is kept of it before it is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from bot.blocks import answers, items, kit
from bot.blocks.actions import filled
from bot.blocks.kit import Json
from bot.metadata import kept, number
from community.compositions import Desk, Destination
from community.fields import FIELDS, spoken
from community.prospects import Prospect
from community.topics import NAMES
from letters import compositions as words_of
from letters import meters
from letters.letter import House
from texts import Language, say

#: The form, and the form that has been looked at.
COMPOSE: Final = "post.compose"
SEND: Final = "post.send"
#: To everybody, and to the author's own fields; else the code of one field.
ALL: Final = "all"
MINE: Final = "mine"
BODY: Final = 3000


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What stands in the form."""

    list_id: int = 0
    #: ALL, MINE or a field.
    reach: str = ALL
    #: A `Topic`, or nothing.
    topic: str = ""
    subject: str = ""
    text: str = ""
    #: The thread that it answers.
    thread_id: int | None = None
    #: What the author should know about the words: that they are somebody else's.
    notice: str = ""

    @property
    def mark(self) -> str:
        """Return what tells it from another, to see whether it is the one that was looked at."""
        said = (self.list_id, self.reach, self.topic, self.subject, self.text, self.thread_id)
        return sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read(view: Json) -> Draft:
    """Read what stands in the form."""
    given, memory = filled(view), kept(view)
    thread = memory.get("thread")
    return Draft(
        list_id=number(given.get("list") or memory.get("list")),
        reach=str(given.get("reach") or ALL),
        topic=str(given.get("topic") or ""),
        subject=str(given.get("subject") or ""),
        text=str(given.get("text") or ""),
        thread_id=None if thread is None else number(thread),
        notice=str(memory.get("notice") or ""),
    )


def form(language: Language, desk: Desk, draft: Draft) -> Json:
    """Return the form, with what was written so far."""
    return _view(language, COMPOSE, desk, draft, above=_before(language, desk, draft))


def preview(
    language: Language,
    desk: Desk,
    draft: Draft,
    view: Prospect,
    house: House,
    *,
    is_changed: bool = False,
) -> Json:
    """Return the form below what will become of the post; it can be sent if anybody gets it."""
    top = [kit.words(say(language, "You have changed it. Look once more."))] if is_changed else []
    top += _notice(draft)
    return _view(
        language,
        SEND if view.is_for_the_list else COMPOSE,
        desk,
        draft,
        above=[
            *top,
            kit.header(say(language, "What happens with it")),
            kit.words("\n".join(words_of.outlook(language, view, house))),
            kit.small(words_of.left(language, view)),
            kit.header(say(language, "How it looks")),
            *_looks(language, view),
            kit.divider(),
            kit.small(say(language, "To change something, write here and look again.")),
        ],
    )


def sent(language: Language, words: str, url: str) -> Json:
    """Return what is said when it was sent."""
    more = say(language, "What the rules said, and what becomes of it: {url}", url=url)
    return answers.closing(language, words, kit.linked(more))


def _looks(language: Language, view: Prospect) -> list[Json]:
    mail = view.mail
    return [
        items.bold(f"[{view.list_name}] {mail.subject}"),
        kit.small(
            say(
                language,
                "From {author} to {list}",
                author=f"{mail.author_name} <{mail.author_email}>",
                list=mail.to,
            )
        ),
        kit.words(mail.text),
    ]


def _before(language: Language, desk: Desk, draft: Draft) -> list[Json]:
    return [*_notice(draft), *(_place(language, one, len(desk.places)) for one in desk.places[:5])]


def _notice(draft: Draft) -> list[Json]:
    return [kit.words(draft.notice)] if draft.notice else []


def _place(language: Language, place: Destination, count: int) -> Json:
    left = meters.left(language, place.meter)
    return kit.small(f"{place.address}: {left}" if count > 1 else f"{place.address} · {left}")


def _view(
    language: Language, callback: str, desk: Desk, draft: Draft, *, above: Sequence[Json]
) -> Json:
    memory: Json = {}
    if draft.notice:
        memory["notice"] = draft.notice
    if draft.thread_id is not None:
        memory["thread"] = draft.thread_id
    if len(desk.places) == 1:
        memory["list"] = desk.places[0].list_id
    if callback == SEND:
        memory["mark"] = draft.mark
    is_answer = draft.thread_id is not None
    return kit.modal(
        callback,
        say(language, "Answer on the list") if is_answer else say(language, "Write to the list"),
        [*above, *_fields(language, desk, draft)],
        submit=say(language, "Send") if callback == SEND else say(language, "Look at it first"),
        close=say(language, "Cancel"),
        kept=memory,
    )


def _fields(language: Language, desk: Desk, draft: Draft) -> list[Json]:
    fields = []
    if len(desk.places) > 1:
        lists = kit.menu(
            "list",
            [(str(one.list_id), one.address) for one in desk.places],
            str(_first(desk, draft)),
        )
        fields.append(kit.asked("list", say(language, "List"), lists))
    if draft.thread_id is None:
        reach = kit.menu("reach", _reaches(language, desk), draft.reach)
        names = [(str(topic), say(language, name)) for topic, name in NAMES.items()]
        topic = kit.menu("topic", names, draft.topic, ask=say(language, "Choose"))
        fields += [
            kit.asked("reach", say(language, "Who gets it"), reach),
            kit.asked("topic", say(language, "Topic"), topic, optional=True),
            kit.asked("subject", say(language, "Subject"), kit.line(draft.subject)),
        ]
    else:
        fields.append(items.bold(desk.answers))
    return [*fields, kit.asked("text", say(language, "Text"), kit.text(draft.text, most=BODY))]


def _first(desk: Desk, draft: Draft) -> int:
    those = [one.list_id for one in desk.places]
    return draft.list_id if draft.list_id in those else those[0]


def _reaches(language: Language, desk: Desk) -> list[tuple[str, str]]:
    """Return to whom a post can go: to all, to one's own fields and what is near, to one other."""
    mine = []
    if desk.fields:
        names = spoken(desk.fields, language)
        mine.append((MINE, say(language, "My fields and related ones: {fields}", fields=names)))
    each = [
        (code, say(language, "{field} and related fields", field=field.name(language)))
        for code, field in FIELDS.items()
    ]
    return [(ALL, say(language, "Everybody on the list")), *mine, *each]
