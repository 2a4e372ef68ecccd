"""`samband people …`: look at a person, add the first one, and give or forget what is stored."""

from collections.abc import Iterator

import click

from app.admin.desk import Desk, Said, desk
from app.admin.imports import import_people
from app.admin.listings import list_people
from app.admin.output import as_json, said, table, tell
from community import address_requests, emails, erasure, privacy, profiles, roles, rosters
from community.erasure import Erasure
from community.errors import N_
from community.fields import FIELDS
from community.people import LANGUAGES, Role
from community.privacy import Export
from community.profiles import Profile
from community.roster_cells import name_of
from community.roster_files import Row
from community.store import Session
from texts import day, say

DOUBTS = {"probed": N_("asked whether it works"), "suppressed": N_("gets no mail")}
STATES = {
    "active": N_("active"),
    "asked": N_("has asked something"),
    "left": N_("has left"),
}


@click.group(name="people")
def group() -> None:
    """Add, show, export and erase people."""


group.add_command(import_people)
group.add_command(list_people)


@group.command()
@click.argument("email")
@click.option("--name", default="", help="The person’s name; needed for somebody new.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="As often as needed.",
)
@click.option("--language", type=click.Choice(LANGUAGES), help="The language of every text.")
def add(email: str, name: str, roles: tuple[str, ...], language: str | None) -> None:
    """Add one person, the first coordinator for instance, or give a known one more roles."""
    with desk() as at:
        address = emails.checked(email)
        row = Row(
            line=1,
            email=address,
            name=name_of(name) if name else "",
            roles=roles,
            language=language,
        )
        is_new = at.store.run_sync(rosters.enrol, row, language=at.language, by=None, now=at.now)
        if is_new:
            tell(say(at.language, "{email} is in the community now.", email=address))
        else:
            tell(
                say(
                    at.language, "{email} was there already and has these roles now.", email=address
                )
            )


@group.command(name="add-address")
@click.argument("email")
@click.argument("other")
@click.option("--main", "is_primary", is_flag=True, help="Send their mail there from now on.")
def add_address(email: str, other: str, *, is_primary: bool) -> None:
    """Give the person with the address EMAIL the address OTHER too; you vouch that it is theirs."""
    with desk() as at:

        def act(session: Session) -> None:
            to = profiles.find(session, email).id
            address_requests.add(session, other, to=to, is_primary=is_primary, by=None, now=at.now)

        at.store.run_sync(act)
        tell(say(at.language, "{email} has this address too now.", email=emails.checked(email)))


@group.command(name="remove-address")
@click.argument("email")
@click.argument("other")
def remove_address(email: str, other: str) -> None:
    """Take the address OTHER away from the person with the address EMAIL."""
    with desk() as at:

        def act(session: Session) -> None:
            of = profiles.find(session, email).id
            address_requests.remove_named(session, other, of=of, by=None, now=at.now)

        at.store.run_sync(act)
        tell(say(at.language, "Taken away."))


@group.command(name="remove-role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def remove_role(email: str, role: str) -> None:
    """Take the role ROLE away from the person with the address EMAIL; people add gives it."""
    with desk() as at:

        def act(session: Session) -> None:
            person_id = profiles.find(session, email).id
            roles.take_away(session, person_id, Role(role), by=None, now=at.now)

        at.store.run_sync(act)
        tell(say(at.language, "Taken away."))


@group.command()
@click.argument("email")
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def show(email: str, *, is_json: bool) -> None:
    """Show who a person is: addresses, roles, fields, lists."""
    with desk() as at:
        found = at.store.read_sync(_profile, email)
        if is_json:
            as_json(found)
        else:
            table(("", ""), [row for row in _sheet(at, found) if row[1]])


@group.command()
@click.argument("email")
@click.option("--json", "is_json", is_flag=True, help="It is always JSON; here for evenness.")
def export(email: str, *, is_json: bool) -> None:
    """Write everything that is stored about a person, as JSON, to hand it over."""
    with desk() as at:
        found = at.store.read_sync(_export, email)
        as_json({"person_id": found.person_id, **{each.table: each.rows for each in found.tables}})


@group.command()
@click.argument("email")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
def erase(email: str, *, is_sure: bool) -> None:
    """Forget a person for good; what they said to a list stays without a name."""
    with desk() as at:
        found = at.store.read_sync(_profile, email)
        if not is_sure:
            tell(f"{found.name} <{found.emails[0]}>")
            question = say(at.language, "Type the address again to forget this person for good")
            if click.prompt(question, err=True).strip().lower() != email.strip().lower():
                raise Said(say(at.language, "That is another address. Nothing was erased."))

        def act(session: Session) -> Erasure:
            person = profiles.find(session, email)
            return erasure.erase(session, person.id, by=None, now=at.now)

        done = at.store.run_sync(act)
        tell(
            say(
                at.language,
                "Forgotten. Posts that stay without a name: {posts}; other places blanked: "
                "{mentions}.",
                posts=done.posts,
                mentions=done.mentions,
            ),
            say(
                at.language,
                "Backups hold the person until they are deleted, and mails that were sent cannot "
                "be called back.",
            ),
        )


def _profile(session: Session, email: str) -> Profile:
    return profiles.profile(session, profiles.find(session, email).id)


def _export(session: Session, email: str) -> Export:
    return privacy.export(session, profiles.find(session, email).id)


def _sheet(at: Desk, of: Profile) -> Iterator[tuple[str, str]]:
    tongue = at.language
    fields = [f"{code} {FIELDS[code].name(tongue)}" for code in of.fields if code in FIELDS]
    stay = [day(tongue, on, year=True) if on else "…" for on in (of.starts_on, of.ends_on)]
    yield say(tongue, "Name"), of.name
    yield say(tongue, "Address"), ", ".join(of.emails)
    for card in of.in_doubt:
        since = at.moment(card.since) if card.since else ""
        why = said(card.status, card.diagnostic)
        words = (card.email, say(tongue, DOUBTS[card.state]), since, why)
        yield say(tongue, "Mail comes back"), " · ".join(filter(None, words))
    yield say(tongue, "State"), say(tongue, STATES[of.state])
    yield say(tongue, "Roles"), ", ".join(of.roles)
    yield say(tongue, "Fields"), "; ".join(fields)
    yield say(tongue, "Language"), of.language
    yield say(tongue, "Place"), ", ".join(filter(None, (of.department, of.faculty, of.campus)))
    yield say(tongue, "Stay"), " – ".join(stay) if of.starts_on or of.ends_on else ""
    yield "Slack", of.slack_id or ""
    yield say(tongue, "Supervisor"), of.supervisor_email or ""
    yield say(tongue, "Lists"), ", ".join(of.lists)
    yield say(tongue, "Wants no messages about"), ", ".join(of.stopped)
    yield say(tongue, "Since"), at.moment(of.joined_at)
