"""`samband people import`: what a file would change or has changed, and each line that is wrong."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from app.admin.desk import Desk, Said, desk
from app.admin.output import as_json, table, tell
from community import lists, roster_files, roster_plans, rosters, subscriptions, welcomes
from community.errors import N_
from community.roster_cells import EMPTY
from community.roster_files import Problem, Reading, Row
from community.roster_plans import Change, RosterPlan
from community.store import Session
from texts import local, say, say_many

Line = tuple[str, str, str, str]
_IGNORED = "samband.ignored"


def _note_ignored(context: click.Context, _: click.Parameter, columns: tuple[str, ...]) -> None:
    context.meta[_IGNORED] = columns


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "is_dry", is_flag=True, help="Only show what would change.")
@click.option("--leave", is_flag=True, help="Let members and mentors go who are not in the file.")
@click.option("--list", "is_list", is_flag=True, help="Name everybody who is not in the file.")
@click.option("--subscribe", "address", metavar="LIST", help="Put newcomers on this list too.")
@click.option("--welcome", "greets", is_flag=True, help="Greet them there, with three questions.")
@click.option(
    "--ignore",
    multiple=True,
    metavar="COLUMN",
    help="Leave a column of the file out.",
    is_eager=True,
    expose_value=False,
    callback=_note_ignored,
)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def import_people(
    file: Path,
    *,
    is_dry: bool,
    leave: bool,
    is_list: bool,
    address: str | None,
    greets: bool,
    is_json: bool,
) -> None:
    """Bring the community in step with a CSV file: all of it, or nothing.

    The first line names the columns, in any order: email and name, and as far as wanted roles,
    fields, department, faculty, campus, language, starts_on, ends_on, slack_id, supervisor_email.
    Roles and fields are separated by semicolons. An empty cell changes nothing; a lone hyphen
    empties what is there.
    """
    if greets and not address:
        raise click.UsageError("--welcome greets people on a list: say which with --subscribe.")
    ignored = click.get_current_context().meta[_IGNORED]
    reading = roster_files.read_bytes(file.read_bytes(), ignored=ignored)
    with desk() as at:
        if is_dry:
            today = at.store.calendar.local(at.now).date()
            if address:  # refused now, as it would be then
                lists.require_open(at.store.read_sync(lists.by_address, address), now=at.now)
            plan = at.store.read_sync(roster_plans.plan, reading, today=today, leave=leave)
        else:

            def act(session: Session) -> RosterPlan:
                done = rosters.bring_in(
                    session, reading, language=at.language, leave=leave, by=None, now=at.now
                )
                if address and not done.problems:
                    _put_on(session, address, done, greets=greets, now=at.now)
                return done

            plan = at.store.run_sync(act)
        if is_json:
            as_json(plan)
        else:
            _tell_how_read(at, reading)
            _tell_plan(at, plan, leave=leave, is_list=is_list)
            _tell_result(at, plan, is_dry=is_dry, leave=leave)
        if plan.problems:
            raise Said(_refused(at, plan))


def _put_on(
    session: Session, address: str, plan: RosterPlan, *, greets: bool, now: datetime
) -> None:
    """Put on a list whoever is new or has come back by this import, and nobody else."""
    emails = [row.email for row in plan.added]
    emails += [change.email for change in plan.changed if change.rejoins]
    list_id = lists.by_address(session, address).id
    if emails:
        subscriptions.subscribe_by_email(session, list_id, emails, by=None, now=now)
    if emails and greets:
        welcomes.welcome_all(session, list_id, emails, now=now)


def _tell_how_read(at: Desk, reading: Reading) -> None:
    if reading.encoding:
        words = say(
            at.language,
            "The file is not UTF-8; it was read as {encoding}. Look at names such as Bjørn.",
            encoding=reading.encoding,
        )
        tell(words)
    if reading.missing and not reading.problems:
        missing = ", ".join(reading.missing)
        tell(say(at.language, "Not in the file, so left as it is: {missing}.", missing=missing))


def _tell_plan(at: Desk, plan: RosterPlan, *, leave: bool, is_list: bool) -> None:
    lines = list(_lines(at, plan))
    if leave or is_list:  # else only counted: there may be thousands
        what = say(at.language, "leaves" if leave else "not in the file")
        lines += [("", what, leaver.email, leaver.name) for leaver in plan.left]
    if lines:
        titles = (N_("Line"), N_("What"), N_("Address"), N_("Details"))
        table([say(at.language, title) for title in titles], lines)
        tell("")


def _lines(at: Desk, plan: RosterPlan) -> Iterator[Line]:
    for problem in plan.problems:
        yield str(problem.line or ""), say(at.language, "refused"), "", _reason(at, problem)
    for row in plan.added:
        yield str(row.line), say(at.language, "added"), row.email, _newcomer(row)
    for change in plan.changed:
        what = say(at.language, "back" if change.rejoins else "changed")
        yield str(change.line), what, change.email, _differences(change)
    for row in plan.over:
        words = say(at.language, "The stay is over.")
        yield str(row.line), say(at.language, "not added"), row.email, words


def _reason(at: Desk, problem: Problem) -> str:
    return say(at.language, problem.message, **local(problem.facts, at.store.calendar.zone))


def _newcomer(row: Row) -> str:
    return ", ".join(filter(None, (row.name, ";".join(row.roles or ()), row.department)))


def _differences(change: Change) -> str:
    return ", ".join(
        f"{difference.column}: {difference.old or EMPTY} → {difference.new or EMPTY}"
        for difference in change.differences
    )


def _tell_result(at: Desk, plan: RosterPlan, *, is_dry: bool, leave: bool) -> None:
    if plan.problems:
        return
    say_all = {
        "added": len(plan.added),
        "changed": len(plan.changed),
        "unchanged": plan.unchanged,
        "left": len(plan.left) if leave else 0,
    }
    if is_dry:
        tell(
            say(
                at.language,
                "Would be added: {added}, changed: {changed}, unchanged: {unchanged}, "
                "would leave: {left}. Nothing was changed.",
                **say_all,
            )
        )
    else:
        tell(
            say(
                at.language,
                "Added: {added}, changed: {changed}, unchanged: {unchanged}, left: {left}.",
                **say_all,
            )
        )
    if plan.left and not leave:
        words = say_many(
            at.language,
            "{n} person is not in the file: --list says who; with --leave they leave.",
            "{n} people are not in the file: --list says who; with --leave they leave.",
            len(plan.left),
        )
        tell(words)


def _refused(at: Desk, plan: RosterPlan) -> str:
    return say_many(
        at.language,
        "Nothing was imported: {n} line is wrong.",
        "Nothing was imported: {n} lines are wrong.",
        len({problem.line for problem in plan.problems}),
    )
