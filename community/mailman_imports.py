"""A list of Mailman becomes one of ours: what would be done, and doing it.

Nobody is told: neither a welcome nor a notice goes out.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from community import bans, emails, lists, people, roster_cells, rosters, subscriptions, trusts
from community.cases import Trust
from community.errors import Refusal
from community.lists import MailingList
from community.mailman_files import OldList, OldMember
from community.people import Role
from community.roster_files import Reading, Row
from community.subscriptions import Mode, Subscription


@dataclass(frozen=True, kw_only=True)
class Coming:
    """Somebody who comes with a list."""

    email: str
    name: str
    mode: Mode
    is_held: bool
    #: Whether the community has not known them.
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class ListPlan:
    """What an import does, or would do."""

    address: str
    #: Whether the list itself is made.
    is_new: bool
    #: Who is not on it yet.
    coming: tuple[Coming, ...]
    #: How many are on it already; they stay as they are.
    there: int
    #: `key=value` that differ from what the list has.
    policy: tuple[str, ...]
    #: Who may not write from now on.
    banned: tuple[str, ...]
    #: Settings without a home, and their values.
    homeless: tuple[tuple[str, str], ...]
    #: Addresses that are none.
    wrong: tuple[str, ...]


def plan(session: Session, address: str, old: OldList) -> ListPlan:
    """Say what would be done; changes nothing."""
    address = emails.checked(address)
    list_id = lists.knows(session, address)
    had = session.get_one(MailingList, list_id).policy.values() if list_id else {}
    members, wrong = _sorted(old.members)
    known = people.by_emails(session, list(members))
    barred = {card.whom for card in bans.of_list(session, list_id)} if list_id else set()
    coming, there = [], 0
    for email, member in members.items():
        person_id = known.get(email)
        if person_id and list_id and subscriptions.is_subscriber(session, list_id, person_id):
            there += 1
            continue
        name = _name(member, email)
        is_new = person_id is None
        coming.append(
            Coming(email=email, name=name, mode=member.mode, is_held=member.is_held, is_new=is_new)
        )
    return ListPlan(
        address=address,
        is_new=list_id is None,
        coming=tuple(coming),
        there=there,
        policy=tuple(each for each in old.policy if not _has(had, each)),
        banned=tuple(whom for whom in old.banned if emails.normalised(whom) not in barred),
        homeless=old.homeless,
        wrong=wrong,
    )


def bring_in(
    session: Session, address: str, old: OldList, *, language: str, by: int | None, now: datetime
) -> ListPlan:
    """Make the list where it is not there, put its people on it, and say what was done.

    Who is on it already stays as they are; done again it changes nothing.
    """
    made = plan(session, address, old)
    list_id = lists.knows(session, made.address)
    if list_id is None:
        list_id = lists.create(session, made.address, by=by, now=now).id
    if made.policy:
        lists.set_policy(session, list_id, made.policy, by=by, now=now)
    rows = tuple(
        Row(line=line, email=each.email, name=each.name, roles=(Role.MEMBER.value,))
        for line, each in enumerate(made.coming, 1)
        if each.is_new
    )
    reading = Reading(rows=rows, problems=())
    rosters.bring_in(session, reading, language=language, by=by, now=now)
    known = people.by_emails(session, [each.email for each in made.coming])
    subscriptions.subscribe(session, list_id, list(known.values()), by=by, now=now)
    for mode in (Mode.DAILY, Mode.NONE):
        ids = [known[each.email] for each in made.coming if each.mode is mode]
        place = Subscription.list_id == list_id, Subscription.person_id.in_(ids)
        session.execute(update(Subscription).where(*place).values(mode=mode.value))
    for each in made.coming:
        if each.is_held:
            trusts.trust(session, list_id, known[each.email], Trust.HOLD.value, by=by, now=now)
    return replace(made, banned=_banned(session, list_id, made.banned, by=by, now=now))


def _banned(
    session: Session, list_id: int, wanted: tuple[str, ...], *, by: int | None, now: datetime
) -> tuple[str, ...]:
    """Ban whom the list had banned; return who is, without those who look after us."""
    done = []
    for whom in wanted:
        try:
            bans.ban(session, whom, list_id=list_id, by=by, now=now, why="Mailman")
        except Refusal:
            continue
        done.append(whom)
    return tuple(done)


def _sorted(members: tuple[OldMember, ...]) -> tuple[dict[str, OldMember], tuple[str, ...]]:
    """Return the members by our form of their addresses, the first of equals; and what is none."""
    found: dict[str, OldMember] = {}
    wrong = []
    for member in members:
        try:
            found.setdefault(emails.checked(member.email), member)
        except Refusal:
            wrong.append(member.email)
    return found, tuple(wrong)


def _name(member: OldMember, email: str) -> str:
    try:
        return roster_cells.name_of(member.name or email.partition("@")[0])
    except Refusal:
        return email.partition("@")[0]


def _has(policy: dict[str, str | int], change: str) -> bool:
    key, _, value = change.partition("=")
    return str(policy.get(key)) == value
