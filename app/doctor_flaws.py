"""What the hourly look at our own rows has found wrong, for the doctor."""

from app.findings import Finding, bad, ok
from community import checks, conservation
from community.store import Store


def flaws(url: str) -> list[Finding]:
    """Say what of the mail was lost or doubled, as the running service has found; by itself none.

    The database must have the newest schema.
    """
    store = Store(url, checkpoints=False)
    try:
        found = store.read_sync(conservation.flaws)
    finally:
        store.close()
    if not found:
        return [ok("mail", "The hourly check has found nothing lost and nothing double.")]
    return [
        bad(
            "mail",
            f"{checks.WORDS[flaw.name][0]} {flaw.count}: {flaw.ids}.",
            f"{checks.WORDS[flaw.name][1]} “samband check” says more.",
        )
        for flaw in found
    ]
