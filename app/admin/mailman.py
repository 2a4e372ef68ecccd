"""`samband list import-mailman2` and `import-mailman3`: a list of Mailman becomes one of ours."""

from collections.abc import Callable
from pathlib import Path

import click

from app.admin.desk import Desk, desk
from app.admin.output import as_json, table, tell
from community import mailman2_files, mailman3_files, mailman_imports
from community.errors import N_
from community.mailman_files import OldList
from community.mailman_imports import ListPlan
from letters.deliveries import mode
from texts import say


@click.command(name="import-mailman2")
@click.argument("address")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "is_dry", is_flag=True, help="Only show what would be done.")
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def import_mailman2(address: str, file: Path, *, is_dry: bool, is_json: bool) -> None:
    """Bring in a list of Mailman 2.1 from its config.pck: members, how they read, its rules."""
    _bring_in(address, file, mailman2_files.read_pickle, is_dry=is_dry, is_json=is_json)


@click.command(name="import-mailman3")
@click.argument("address")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "is_dry", is_flag=True, help="Only show what would be done.")
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def import_mailman3(address: str, file: Path, *, is_dry: bool, is_json: bool) -> None:
    """Bring in a list of Mailman 3: its config and members as JSON, or its members as CSV."""
    is_csv = file.suffix.lower() == ".csv"
    read = mailman3_files.read_csv if is_csv else mailman3_files.read_json
    _bring_in(address, file, read, is_dry=is_dry, is_json=is_json)


def _bring_in(
    address: str, file: Path, read: Callable[[bytes], OldList], *, is_dry: bool, is_json: bool
) -> None:
    with desk() as at:
        old = read(file.read_bytes())
        if is_dry:
            plan = at.store.read_sync(mailman_imports.plan, address, old)
        else:
            plan = at.store.run_sync(
                mailman_imports.bring_in, address, old, language=at.language, by=None, now=at.now
            )
        if is_json:
            as_json(plan)
            return
        _tell(at, plan)
        tell(say(at.language, "Nothing was changed.") if is_dry else say(at.language, "Done."))


def _tell(at: Desk, plan: ListPlan) -> None:
    if plan.is_new:
        tell(say(at.language, "The list {address} is made.", address=plan.address))
    if plan.coming:
        titles = (N_("Address"), N_("Name"), N_("How posts come"), N_("Details"))
        rows = [
            (each.email, each.name, mode(at.language, each.mode), _details(at, each))
            for each in plan.coming
        ]
        table([say(at.language, title) for title in titles], rows)
    counts = {"coming": len(plan.coming), "there": plan.there}
    tell(say(at.language, "Put on the list: {coming}, on it already: {there}.", **counts))
    if plan.policy:
        tell(say(at.language, "Rules: {rules}", rules=", ".join(plan.policy)))
    if plan.banned:
        tell(say(at.language, "May not write: {banned}", banned=", ".join(plan.banned)))
    if plan.homeless:
        tell(say(at.language, "These settings have no place here; see to what you need of them:"))
        tell(*(f"  {setting}: {value}" for setting, value in plan.homeless))
    if plan.wrong:
        wrong = ", ".join(plan.wrong[:20])
        tell(say(at.language, "Left out, as they are no addresses: {wrong}", wrong=wrong))


def _details(at: Desk, each: mailman_imports.Coming) -> str:
    words = [
        say(at.language, "new in the community") if each.is_new else "",
        say(at.language, "all posts wait for a moderator") if each.is_held else "",
    ]
    return ", ".join(filter(None, words))
