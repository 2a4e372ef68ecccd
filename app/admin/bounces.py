"""`samband bounces`: what came back, which addresses get no more for it, and putting one back."""

from collections.abc import Sequence
from datetime import timedelta

import click

from app.admin.desk import Desk, desk
from app.admin.output import as_json, said, table, tell
from community import bounces, profiles, shared_returns, suppressions
from community.bounces import Returned, Tally
from community.causes import Cause
from community.emails import normalised
from community.errors import N_
from community.store import Session
from community.suppressions import AddressCard
from texts import say

#: How far back the counts by list go.
LATELY = timedelta(days=30)
CAUSES = {
    Cause.PASSING: N_("it arrived, or is only late"),
    Cause.UNKNOWN: N_("nobody can read it"),
    Cause.CONTENT: N_("the mail or our server was refused"),
    Cause.SOFT: N_("mailbox full or host ill"),
    Cause.GONE: N_("no such address"),
    Cause.COMPLAINT: N_("called spam"),
}
#: The heads of the tables.
ADDRESSES = (N_("Address"), N_("State"), N_("Since"), N_("Reason"))
LISTS = (N_("List"), N_("Reason"), N_("In 30 days"))
SHARED = (N_("List"), N_("Nobody knows whose, in 30 days"))
REPORTS = (N_("When"), N_("Post"), N_("Address"), N_("Reason"), N_("Words"))
STATES = {"probed": N_("asked whether it works"), "suppressed": N_("gets no mail")}


@click.group(name="bounces", invoke_without_command=True)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, help="So many reports.")
@click.pass_context
def group(context: click.Context, limit: int, *, is_json: bool) -> None:
    """Show addresses that mail does not reach, and what came back lately."""
    if context.invoked_subcommand is not None:
        return
    with desk() as at:
        cards = at.store.read_sync(suppressions.in_doubt, reader_id=None)
        counts = at.store.read_sync(bounces.tallies, since=at.now - LATELY)
        lately = at.store.calendar.local(at.now - LATELY).date()
        shared = at.store.read_sync(shared_returns.tallies, since=lately)
        reports = at.store.read_sync(bounces.recent, limit=limit)
        if is_json:
            as_json(
                {
                    "addresses": [vars(card) for card in cards],
                    "lists": [vars(count) for count in counts],
                    "shared": [vars(count) for count in shared],
                    "reports": [vars(report) for report in reports],
                }
            )
            return
        if not (cards or shared or reports):
            tell(say(at.language, "Nothing has come back."))
            return
        _table(at, ADDRESSES, [_suppressed(at, card) for card in cards])
        _table(at, LISTS, [_counted(at, count) for count in counts])
        _table(at, SHARED, [(count.list_address, str(count.count)) for count in shared])
        _table(at, REPORTS, [_returned(at, report) for report in reports])


@group.command()
@click.argument("email")
def restore(email: str) -> None:
    """Send mail to an address again that had been stopped."""
    with desk() as at:

        def act(session: Session) -> None:
            person = profiles.find(session, email)
            address_id = suppressions.address_of(session, person.id, normalised(email))
            suppressions.restore(session, address_id, by=None, now=at.now)

        at.store.run_sync(act)
        tell(say(at.language, "Mail goes to {email} again.", email=normalised(email)))


def _table(at: Desk, titles: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    if rows:
        table([say(at.language, title) for title in titles], rows)


def _suppressed(at: Desk, card: AddressCard) -> tuple[str, ...]:
    since = at.moment(card.since) if card.since else ""
    state, words = say(at.language, STATES[card.state]), said(card.status, card.diagnostic)
    return f"{card.name} <{card.email}>", state, since, words


def _counted(at: Desk, count: Tally) -> tuple[str, ...]:
    return count.list_address, _why(at, count.cause), str(count.count)


def _returned(at: Desk, report: Returned) -> tuple[str, ...]:
    return (
        at.moment(report.received_at),
        str(report.post_id),
        report.email,
        _why(at, report.cause),
        said(report.status, report.diagnostic),
    )


def _why(at: Desk, cause: Cause) -> str:
    return say(at.language, CAUSES[cause])
