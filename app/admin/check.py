"""`samband check`: is any mail lost or double? By our rows, or beside a journal of the relay."""

from collections.abc import Sequence
from pathlib import Path

import click

from app import owing, reckoning
from app.admin.desk import Desk, Said, desk
from app.admin.output import as_json, tell
from app.reckoning import Copy, NotAJournal, Reckoning, Witness
from community import checks, conservation, ends
from community.conservation import MOST_NAMED, Balance
from community.errors import N_
from community.store import Session
from texts import say

#: What a journal shows that cannot be right, and what to do about it.
OUTSIDE = {
    "forgotten": (
        N_("Mails that we answered with 250, and of which there is no post: {count}."),
        N_("Compare with the last backup: was an older database put in its place?"),
    ),
    "lost": (
        N_("Copies that we call relayed, and that the relay never had: {count}."),
        N_("Look into the log of the relay for these Message-IDs."),
    ),
    "unexplained": (
        N_("Copies that the relay has more often than our rows know of: {count}."),
        N_("Does a second service with a copy of the database run somewhere?"),
    ),
    "strangers": (
        N_("Copies for people of whom no row of ours says that they get it: {count}."),
        N_("Was somebody erased since, or does another service use this relay?"),
    ),
}


@click.command()
@click.option(
    "--journal",
    "journals",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with what a relay or a sender noted, a line of JSON each; may be given again.",
)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
@click.pass_context
def check(context: click.Context, journals: tuple[Path, ...], *, is_json: bool) -> None:
    """Tell whether any mail is lost or double; ends with 1 if something cannot be right."""
    with desk() as at:
        witness = _witness(journals) if journals else None

        def look(session: Session) -> tuple[Balance, Reckoning | None]:
            balance = conservation.everything(session, now=at.now)
            return balance, _reckoned(session, at, witness) if witness else None

        balance, seen = at.store.read_sync(look)
        is_sound = not balance.broken and not balance.missing and (seen is None or seen.is_sound)
        if is_json:
            as_json({"is_sound": is_sound, "balance": balance, "journal": seen})
        else:
            _tell(at, balance, seen)
    context.exit(0 if is_sound else 1)


def _witness(journals: Sequence[Path]) -> Witness:
    found = []
    for path in journals:
        try:
            with path.open(encoding="utf-8") as lines:
                found.append(reckoning.read(lines))
        except (NotAJournal, UnicodeDecodeError) as wrong:
            raise Said(f"{path}: {wrong}") from None
    return reckoning.together(found)


def _reckoned(session: Session, at: Desk, witness: Witness) -> Reckoning:
    """Compare with the rows of those mails that the journals name."""
    named = {*witness.acked, *(copy.message_id for copy in witness.taken)}
    rows = owing.owed(session, domain=at.settings.domain, now=at.now, named=named)
    return reckoning.reckon(witness, owed=rows, posts=ends.message_ids(session))


def _tell(at: Desk, balance: Balance, seen: Reckoning | None) -> None:
    def line(message: str, **facts: int) -> None:
        tell(say(at.language, message, **facts))

    posts, copies = sum(balance.posts.values()), balance.copies
    line(
        N_(
            "{posts:post|posts} accepted, {deliveries:delivery|deliveries}: {relayed} relayed, "
            "{refused} refused, {expired} expired, {cancelled} cancelled, {waiting} waiting; "
            "at most {in_doubt} in doubt, {missing} missing."
        ),
        posts=posts,
        deliveries=sum(copies.values()),
        in_doubt=balance.in_doubt,
        missing=balance.missing,
        **copies,
    )
    line(
        N_("In digests: {collected} sent or on their way, {to_collect} for the next one."),
        collected=balance.collected,
        to_collect=balance.to_collect,
    )
    for broken in balance.broken:
        words, mend = checks.WORDS[broken.name]
        noun, ids = broken.name.partition(".")[0], ", ".join(map(str, broken.ids))
        tell(f"{say(at.language, words)} {broken.count}: {noun} {ids}{_rest(broken.count)}")
        tell(f"  -> {say(at.language, mend)}")
    if seen is not None:
        _tell_seen(at, seen)
    if not balance.broken and not balance.missing and (seen is None or seen.is_sound):
        line(N_("Nothing is lost, nothing is double."))


def _tell_seen(at: Desk, seen: Reckoning) -> None:
    tell(
        say(
            at.language,
            N_(
                "The journals: {acked:mail|mails} answered with 250, {taken:copy|copies} taken by "
                "the relay, {second} of them second ones; at most {in_doubt} in doubt."
            ),
            acked=seen.acked,
            taken=seen.taken,
            second=str(seen.second_copies),
            in_doubt=str(len(seen.in_doubt)),
        )
    )
    for name, (words, mend) in OUTSIDE.items():
        found = getattr(seen, name)
        if found:
            tell(say(at.language, words, count=str(len(found))))
            for each in found[:MOST_NAMED]:
                tell(f"  {_shown(each)}")
            tell(f"  -> {say(at.language, mend)}")


def _shown(each: str | Copy | tuple[Copy, int]) -> str:
    """Write one thing of the comparison: a Message-ID, a copy, or a copy and how often."""
    if isinstance(each, str):
        return each
    if isinstance(each, Copy):
        return f"{each.message_id} {each.recipient}"
    return f"{each[0].message_id} {each[0].recipient} +{each[1]}"


def _rest(count: int) -> str:
    return ", …" if count > MOST_NAMED else ""
