"""The moderators' queue: what waits, why, until when, and a form for every decision.

A page of it at a time, found by list, rule and words; the marked posts are decided together, or all
that were found.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from community import bulks, holds, join_cards, withdrawals
from community.bulks import Bulk
from community.cases import Decision
from community.errors import Refusal
from community.fields import spoken
from community.holds import Wanted
from community.posting_rules import ACCEPTED
from community.topics import NAMES
from letters.fates import QUESTIONS
from letters.posts import MORE, OUTCOMES, STOPPED, VERBS, because, doubtful
from texts import Language, say
from web import forms
from web.asking import Ask

#: So many posts that are on their way are shown below the queue.
MOST_LEAVING = 10
LONGEST = 100
MARK = "post-"


async def show(ask: Ask) -> Response:
    """Show the posts that wait, the longest waiting first."""
    query = ask.request.query_params
    wanted = _wanted(query)
    after = forms.number(query.get("after", ""))
    page = await ask.read(holds.page, wanted, after=after)
    is_first = not after and wanted == Wanted()
    leaving = await ask.read(withdrawals.on_their_way, MOST_LEAVING) if is_first else []
    return ask.page(
        "held.html",
        page=page,
        wanted=wanted,
        after=after,
        next=_path(wanted, after=page.after) if page.after else "",
        back=_path(wanted, after=after),
        bulk=await _bulk(ask, query.get("bulk", "")),
        came_of=(forms.number(query.get("decided", "")), forms.number(query.get("late", ""))),
        rules=[(rule, _rule(ask.language, rule), n) for rule, n in page.by_rule.items()],
        leaving=leaving,
        to_join=await ask.read(join_cards.count) if is_first else 0,
        verbs=VERBS,
        more=MORE,
        outcomes=OUTCOMES,
        because=because,
        doubtful=doubtful,
        spoken=spoken,
        topics=NAMES,
    )


async def decide_marked(ask: Ask) -> Response:
    """Decide about the posts that are marked, and say how many were."""
    post_ids, decision = forms.marked(ask.form, MARK), _decision(ask)
    counted = await ask.run(bulks.decide, post_ids, decision, by=ask.me.person_id, now=ask.now)
    came_of = {"decided": str(counted.done), "late": str(counted.late)}
    return ask.go(
        _path(_wanted(ask.form), after=forms.number(ask.form.get("after", "")), **came_of)
    )


async def decide_all(ask: Ask) -> Response:
    """Have all that were found decided, and show how far that is."""
    if ask.form.get("sure") != "yes":
        raise Refusal("Say that you are sure: tick the box.")
    wanted, decision = _wanted(ask.form), _decision(ask)
    bulk = await ask.run_once(bulks.decide_all, wanted, decision, by=ask.me.person_id, now=ask.now)
    return ask.go(_path(wanted, bulk=str(bulk.id)) if bulk else "/held")


def _decision(ask: Ask) -> Decision:
    chosen = ask.form.get("decision", "")
    if chosen not in bulks.DECISIONS:
        raise forms.unfilled()
    return Decision(chosen)


def _wanted(values: Mapping[str, str]) -> Wanted:
    return Wanted(
        list_address=values.get("list", "")[:LONGEST],
        rule=values.get("rule", "")[:LONGEST],
        words=values.get("words", "").strip()[:LONGEST],
    )


def _path(wanted: Wanted, *, after: int | None = None, **more: str) -> str:
    """Return the address of a page of the queue."""
    asked = {"list": wanted.list_address, "rule": wanted.rule, "words": wanted.words}
    given = {name: value for name, value in asked.items() if value}
    given |= {"after": str(after)} if after else {}
    given |= {name: value for name, value in more.items() if value != "0"}
    return f"/held?{urlencode(given)}" if given else "/held"


def _rule(language: Language, rule: str) -> str:
    if rule == ACCEPTED:
        return say(language, STOPPED)
    return say(language, QUESTIONS[rule]) if rule in QUESTIONS else rule


async def _bulk(ask: Ask, number: str) -> Bulk | None:
    bulk_id = forms.number(number)
    if not bulk_id:
        return None
    return await ask.read(bulks.of_person, bulk_id, reader_id=ask.me.person_id)
