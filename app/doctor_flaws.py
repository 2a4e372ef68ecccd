"""What our own rows say for the doctor: what the hourly look found, and whether mail may go."""

from app.findings import Finding, bad, ok
from community import checks, conservation, freezes
from community.conservation import Flaw
from community.store import Store


def flaws(url: str) -> list[Finding]:
    """Say what of the mail was lost or doubled, as the running service has found; by itself none.

    The database must have the newest schema.
    """
    store = Store(url, checkpoints=False)
    try:
        found, frozen = store.read_sync(conservation.flaws), _frozen(store)
    finally:
        store.close()
    if not found:
        words = "The hourly check has found nothing lost and nothing double."
        return [*frozen, ok("mail", words)]
    return [
        *frozen,
        *(_finding(flaw) for flaw in found),
    ]


def _finding(flaw: Flaw) -> Finding:
    words, mend = checks.WORDS[flaw.name]
    return bad("mail", f"{words} {flaw.count}: {flaw.ids}.", f"{mend} “samband check” says more.")


def _frozen(store: Store) -> list[Finding]:
    frozen = store.read_sync(freezes.current)
    if frozen is None:
        return []
    count = sum(each.count for each in store.read_sync(freezes.maybe_sent, frozen))
    words = (
        f"The outbox is frozen since {frozen.since:%Y-%m-%d %H:%M} UTC. "
        f"{freezes.WORDS[frozen.why]} {count} may have been sent already."
    )
    return [bad("outbox", words, "Look at: samband outbox. Then: samband outbox release")]
