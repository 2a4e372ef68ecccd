"""The policy of a list as a form: grouped, with what would change shown before it is saved."""

from dataclasses import dataclass

from starlette.responses import Response

from community import lists, rehearsed_posts
from community.errors import Refusal
from community.policies import Policy
from community.threads import list_at, moderates
from letters import policies as words
from web import errors, rehearsals
from web.asking import Ask
from web.rehearsals import RehearsalPage


@dataclass(frozen=True, kw_only=True)
class Change:
    """One key that would change: what it means, what it is and what it would be."""

    key: str
    meaning: str
    old: str
    new: str


async def show(ask: Ask) -> Response:
    """Show the policy of a list as it is."""
    return _page(ask, await ask.read(list_at, ask.path["address"]))


async def save(ask: Ask) -> Response:
    """Show what would change; once that was seen, save it."""
    a_list = await ask.read(list_at, ask.path["address"])
    given = [f"{key}={ask.form[key]}" for key in words.MEANINGS if key in ask.form]
    try:
        wanted = a_list.policy.changed(given)
        changes = _changes(ask, a_list.policy, wanted)
        if not changes:
            return _page(ask, a_list, wanted=wanted, changes=changes)
        if ask.form.get("seen") != "yes":
            found = await ask.read(rehearsed_posts.of_late, a_list.id, wanted, now=ask.now)
            shown = rehearsals.shown(ask.language, found, reads_all=moderates(ask.me))
            return _page(ask, a_list, wanted=wanted, changes=changes, rehearsed=shown)
        by = ask.me.person_id
        await ask.run(lists.set_policy, a_list.id, given, by=by, now=ask.now)
    except Refusal as no:
        return _page(ask, a_list, refused=errors.words(ask, no))
    return ask.go(f"/lists/{a_list.address}/rules")


def _changes(ask: Ask, old: Policy, new: Policy) -> list[Change]:
    before, after = old.values(), new.values()
    return [
        Change(
            key=key,
            meaning=meaning,
            old=words.chosen(ask.language, str(before[key])),
            new=words.chosen(ask.language, str(after[key])),
        )
        for key, meaning in words.MEANINGS.items()
        if before[key] != after[key]
    ]


def _page(
    ask: Ask,
    a_list: lists.MailingList,
    *,
    wanted: Policy | None = None,
    changes: list[Change] | None = None,
    rehearsed: RehearsalPage | None = None,
    refused: str | None = None,
) -> Response:
    values = {key: str(value) for key, value in (wanted or a_list.policy).values().items()}
    return ask.page(
        "policy.html",
        status=422 if refused else 200,
        list=a_list,
        groups=words.GROUPS,
        choices={key: words.choices(ask.language, key) for key in words.MEANINGS},
        counts={key for key, value in a_list.policy.values().items() if isinstance(value, int)},
        form={**values, **(ask.form if refused else {})},
        changes=changes or [],
        is_checked=changes is not None,
        rehearsed=rehearsed,
        refused=refused,
    )
