"""`samband due` and `samband outbox`: what comes when and why, what failed, and trying it again."""

import os
from collections.abc import Sequence

import click

from app.admin.desk import Desk, desk
from app.admin.output import as_json, printable, table, tell
from community import freezes, overview
from community.errors import N_
from community.overview import DueItem
from community.store import Session
from texts import say, say_many

STATES = {
    "due": N_("waits"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
    "done": N_("done"),
}
LIMIT = click.IntRange(1, 100_000)


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
@click.option("--limit", type=LIMIT, default=overview.MOST, help="Show at most so many.")
def due(limit: int, *, is_json: bool) -> None:
    """List what is due: when, for whom, and why."""
    with desk() as at:
        items = at.store.read_sync(overview.due, now=at.now, limit=limit, sees_private=True)
        if is_json:
            as_json([_said(at, item) for item in items])
            return
        if not items:
            tell(say(at.language, "Nothing is due."))
            return
        titles = (N_("When"), N_("What"), N_("About"), N_("For whom"), N_("Why"))
        rows = [
            (
                at.moment(item.when) if item.when else "",
                item.what,
                _about(item),
                _whom(at, item),
                " ".join((say(at.language, item.why), *_trouble(at, item))),
            )
            for item in items
        ]
        table([say(at.language, title) for title in titles], rows)
        _tell_if_cut(at, items, limit)


@click.group(invoke_without_command=True)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
@click.option("--limit", type=LIMIT, default=overview.MOST, help="Show at most so many.")
@click.pass_context
def outbox(context: click.Context, limit: int, *, is_json: bool) -> None:
    """List what waits to go out and what failed, with its reason."""
    if context.invoked_subcommand is not None:
        return
    with desk() as at:
        items = at.store.read_sync(overview.outbox, now=at.now, limit=limit)
        _tell_if_frozen(at, to_errors=is_json)
        if is_json:
            as_json([_said(at, item) for item in items])
            return
        if not items:
            tell(say(at.language, "Nothing waits, nothing has failed."))
            return
        titles = [N_("Id"), N_("State"), N_("When"), N_("What"), N_("About"), N_("For whom")]
        titles.append(N_("Reason"))
        rows = [
            (
                item.ref,
                say(at.language, STATES[item.state]),
                at.moment(item.when) if item.when else "",
                item.what,
                _about(item),
                _whom(at, item),
                " ".join(_trouble(at, item)) or say(at.language, item.why),
            )
            for item in items
        ]
        table([say(at.language, title) for title in titles], rows)
        _tell_if_cut(at, items, limit)


@outbox.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def retry(ids: tuple[str, ...]) -> None:
    """Have something tried again at once; ID as `samband outbox` shows it."""
    with desk() as at:

        def act(session: Session) -> None:
            for ref in ids:
                overview.retry(session, ref, now=at.now)

        at.store.run_sync(act)
        count = len(ids)
        tell(say_many(at.language, "{n} is tried again.", "{n} are tried again.", count))


@outbox.command()
def freeze() -> None:
    """Let nothing go out: a step of restoring a backup of PostgreSQL."""
    with desk() as at:
        at.store.run_sync(freezes.freeze, why=freezes.ASKED, now=at.now)
        _tell_if_frozen(at)


@outbox.command()
@click.option("--by", envvar="SUDO_USER", help="Who releases it.  [default: the account]")
def release(by: str | None) -> None:
    """Let everything that waits go out again, also what may have been sent already."""
    with desk() as at:
        at.store.run_sync(freezes.release, by=by or str(os.getuid()), now=at.now)
        tell(say(at.language, "The outbox is released; what waits goes out."))


def _tell_if_frozen(at: Desk, *, to_errors: bool = False) -> None:
    frozen = at.store.read_sync(freezes.current)
    if frozen is None:
        return
    rows = at.store.read_sync(freezes.maybe_sent, frozen)
    since, why = at.moment(frozen.since), say(at.language, freezes.WORDS[frozen.why])
    lines = [say(at.language, "The outbox is frozen since {since}. {why}", since=since, why=why)]
    lines += [
        f"  {' '.join(filter(None, (row.what, row.about)))}: "
        + say_many(
            at.language,
            "{n} was due, and may have been sent already.",
            "{n} were due, and may have been sent already.",
            row.count,
        )
        for row in rows
    ]
    lines.append(say(at.language, "Nothing goes out until: samband outbox release"))
    for line in lines:
        click.echo(printable(line), err=to_errors)


def _said(at: Desk, item: DueItem) -> dict[str, object]:
    """Return an item for JSON with its reason in the language of the house."""
    return {**vars(item), "why": say(at.language, item.why)}


def _about(item: DueItem) -> str:
    return f"{item.about} ({item.title})" if item.title else item.about


def _whom(at: Desk, item: DueItem) -> str:
    if item.whom or not item.people:
        return f"{item.whom} ({item.channel})" if item.channel and item.whom else item.whom
    return say_many(at.language, "{n} person", "{n} people", item.people)


def _trouble(at: Desk, item: DueItem) -> list[str]:
    trouble = []
    if item.in_doubt:
        trouble.append(say(at.language, "In doubt: it may have gone out already."))
    if item.attempts:
        tried = say_many(at.language, "Tried {n} time.", "Tried {n} times.", item.attempts)
        trouble.append(tried)
    if item.last_error:
        trouble.append(item.last_error)
    return trouble


def _tell_if_cut(at: Desk, items: Sequence[DueItem], limit: int) -> None:
    if len(items) >= limit:
        tell(say(at.language, "There may be more: --limit {more}", more=str(limit * 10)))
