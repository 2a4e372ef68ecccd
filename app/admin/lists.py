"""`samband list …`: make a list, look at it, set its policy, put people on it."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from app.admin import archives, bans, closings, join_requests, listings, mailman
from app.admin.desk import Desk, Said, desk
from app.admin.output import as_json, table, tell
from app.admin.rehearsing import rehearse
from community import lists, people, subscriptions, welcomes
from community.emails import checked, normalised
from community.errors import N_, Refusal
from community.lists import MailingList
from community.policies import CHOICES, Policy
from community.roster_files import emails_in
from community.store import Session
from letters.policies import MEANINGS
from texts import local, number, say, say_many

#: A comment: a line that begins with #, or what follows a # that stands alone.
_COMMENT = re.compile(r"^\s*#.*|\s#(?:\s.*|$)")
#: Longer values are cut in the table; `--json` has them whole.
MOST_SIGNS = 16
_FILE = click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file: its column “email”, or an address a line.",
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One key of a policy."""

    key: str
    value: str | int
    default: str | int
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A list as `samband list show` prints it."""

    address: str
    created_at: datetime
    #: From then on it takes no posts.
    closes_at: datetime | None
    subscribers: int
    #: How many of them mail does not reach just now.
    unreached: int
    policy: tuple[Setting, ...]


@click.group(name="list")
def group() -> None:
    """Make and look after mailing lists."""


@group.command()
@click.argument("address")
def create(address: str) -> None:
    """Make a list with the default policy."""
    with desk() as at:
        at.store.run_sync(lists.create, checked(address), by=None, now=at.now)
        tell(
            say(
                at.language,
                "{address} is there. Put people on it: samband list subscribe {address} --all",
                address=checked(address),
            ),
            *_elsewhere(at, checked(address)),
        )


def _elsewhere(at: Desk, address: str) -> list[str]:
    """Warn of a domain that may be mistyped: nothing for such a list would ever come in."""
    domain = address.rpartition("@")[2]
    if domain == at.settings.domain:
        return []
    words = N_(
        "{domain} is not the domain of the settings ({ours}): let your mail server hand on its "
        "mail as well."
    )
    return [say(at.language, words, domain=domain, ours=at.settings.domain)]


@group.command()
@click.argument("address", required=False)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def show(address: str | None, *, is_json: bool) -> None:
    """Show a list: how many people it has, and its policy; or every list in a line."""
    with desk() as at:
        if address is None:
            listings.tell_lists(at, is_json=is_json)
            return
        sheet = at.store.read_sync(_sheet, address)
        if is_json:
            as_json(sheet)
            return
        count = sheet.subscribers
        tell(
            sheet.address,
            say_many(at.language, "{n} person is on it.", "{n} people are on it.", count),
            *_unreached(at, sheet.unreached),
            say(at.language, "Made: {when}", when=at.moment(sheet.created_at)),
            *closings.standing(at, sheet.closes_at),
            "",
        )
        _show_policy(at, sheet.policy)


@group.command()
@click.argument("address")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change one key.")
@click.option(
    "--file",
    "--import",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Change what the lines key=value of this file say; # begins a comment.",
)
@click.option(
    "--rehearse",
    "is_rehearsal",
    is_flag=True,
    help="Change nothing: show what this would have done with the posts of the last 90 days.",
)
@click.option(
    "--export",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the policy into this file, with a line about each key.",
)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def policy(
    address: str,
    changes: tuple[str, ...],
    file: Path | None,
    *,
    target: Path | None,
    is_rehearsal: bool,
    is_json: bool,
) -> None:
    """Show the posting policy of a list, or change it: all that is given, or nothing."""
    wanted = (*(settings_in(file.read_text("utf-8", "replace")) if file else ()), *changes)
    with desk() as at:
        _check_lines(at, file)
        if is_rehearsal:
            rehearse(at, address, wanted, is_json=is_json)
            return

        def act(session: Session) -> None:
            list_id = lists.by_address(session, address).id
            lists.set_policy(session, list_id, wanted, by=None, now=at.now)

        if wanted:
            at.store.run_sync(act)
        sheet = at.store.read_sync(_sheet, address)
        if target is not None:
            target.write_text(_as_file(sheet), "utf-8")
            tell(say(at.language, "The policy is in {file}.", file=str(target)))
        elif is_json:
            as_json(sheet.policy)
        else:
            _show_policy(at, sheet.policy)


@group.command()
@click.argument("address")
@click.argument("emails", nargs=-1, metavar="[EMAIL]...")
@click.option("--all", "is_all", is_flag=True, help="Put every active member on it.")
@_FILE
@click.option("--welcome", "greets", is_flag=True, help="Greet them, with three questions.")
def subscribe(
    address: str, emails: tuple[str, ...], *, is_all: bool, file: Path | None, greets: bool
) -> None:
    """Put people on a list: by their addresses, those of a file, or all at once."""
    if [is_all, bool(emails), file is not None].count(True) != 1:
        raise click.UsageError("Say either addresses, --file or --all.")
    with desk() as at:
        emails = emails_in(file.read_bytes()) if file else emails

        def act(session: Session) -> int:
            list_id = lists.by_address(session, address).id
            put = (
                subscriptions.subscribe_all
                if is_all
                else partial(subscriptions.subscribe_by_email, emails=emails)
            )
            count: int = put(session, list_id, by=None, now=at.now)
            if greets:
                welcomes.welcome_all(session, list_id, emails, now=at.now)
            return count

        count = at.store.run_sync(act)
        tell(say_many(at.language, "{n} person is new on it.", "{n} people are new on it.", count))


@group.command()
@click.argument("address")
@click.argument("emails", nargs=-1, metavar="[EMAIL]...")
@_FILE
def unsubscribe(address: str, emails: tuple[str, ...], *, file: Path | None) -> None:
    """Take people off a list, by any of their addresses or those of a file; they are not told."""
    if bool(emails) == (file is not None):
        raise click.UsageError("Say either addresses or --file.")
    with desk() as at:
        emails = emails_in(file.read_bytes()) if file else emails

        def act(session: Session) -> int:
            list_id = lists.by_address(session, address).id
            return subscriptions.unsubscribe_by_email(session, list_id, emails, now=at.now)

        count = at.store.run_sync(act)
        tell(say_many(at.language, "{n} person is off it.", "{n} people are off it.", count))
        known = at.store.read_sync(people.by_emails, [normalised(email) for email in emails])
        unknown = [email for email in emails if normalised(email) not in known]
        tell(*(say(at.language, "Nobody has the address {email}.", email=e) for e in unknown))


def settings_in(text: str) -> tuple[str, ...]:
    """Return the `key=value` lines of a policy file without comments and empty lines."""
    return tuple(line for line in _without_comments(text) if line)


def _without_comments(text: str) -> list[str]:
    return [_COMMENT.sub("", line).strip() for line in text.removeprefix("\ufeff").splitlines()]


def _check_lines(at: Desk, file: Path | None) -> None:
    """Name the line of a file that says something impossible; nothing is changed then."""
    lines = _without_comments(file.read_text("utf-8", "replace")) if file else []
    for number_of_line, line in enumerate(lines, 1):
        try:
            Policy().changed([line] if line else [])
        except Refusal as no:
            why = say(at.language, no.message, **local(no.facts, at.store.calendar.zone))
            words = say(at.language, "Line {n}: {why}", n=number_of_line, why=why)
            raise Said(words) from None


def _as_file(sheet: Sheet) -> str:
    """Write a policy as a file that `--import` reads: key = value, and what each key does."""
    lines = [f"# The policy of {sheet.address}."]
    for setting in sheet.policy:
        choices = f" ({', '.join(CHOICES[setting.key])})" if setting.key in CHOICES else ""
        lines += ["", f"# {setting.meaning}{choices}", f"{setting.key} = {setting.value}"]
    return "\n".join(lines) + "\n"


def _sheet(session: Session, address: str) -> Sheet:
    found: MailingList = lists.by_address(session, address)
    usual = asdict(Policy())
    return Sheet(
        address=found.address,
        created_at=found.created_at,
        closes_at=found.closes_at,
        subscribers=subscriptions.count_subscribers(session, found.id),
        unreached=subscriptions.count_unreached(session, found.id),
        policy=tuple(
            Setting(key=key, value=value, default=usual[key], meaning=MEANINGS[key])
            for key, value in _ordered(found.policy)
        ),
    )


def _ordered(policy: Policy) -> list[tuple[str, str | int]]:
    values = policy.values()
    return [(key, values[key]) for key in MEANINGS]


def _unreached(at: Desk, count: int) -> list[str]:
    if not count:
        return []
    words = say_many(
        at.language,
        "Mail does not reach {n} of them: samband bounces",
        "Mail does not reach {n} of them: samband bounces",
        count,
    )
    return [words]


def _show_policy(at: Desk, policy: tuple[Setting, ...]) -> None:
    titles = (N_("Key"), N_("Value"), N_("Default"), N_("Meaning"))
    rows = []
    for setting in policy:
        meaning = say(at.language, setting.meaning)
        if setting.key in CHOICES:
            meaning += f" ({', '.join(CHOICES[setting.key])})"
        rows.append((setting.key, _shown(at, setting.value), _shown(at, setting.default), meaning))
    table([say(at.language, title) for title in titles], rows)


def _shown(at: Desk, value: str | int) -> str:
    if isinstance(value, int):
        return number(at.language, value)
    return value if len(value) <= MOST_SIGNS else value[: MOST_SIGNS - 1] + "…"


for _command in (
    closings.close,
    closings.reopen,
    closings.remove,
    bans.ban,
    bans.unban,
    bans.show_bans,
    join_requests.show_requests,
    listings.members,
    archives.export_mbox,
    archives.import_mbox,
    mailman.import_mailman2,
    mailman.import_mailman3,
):
    group.add_command(_command)
