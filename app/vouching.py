"""Who vouches for a mail: the signer of what leaves, and whose word counts about what comes in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from app.safety import NotSafe
from community.clock import Clock
from config.settings import Settings
from mailing import dns
from mailing.dns import Texts
from mailing.keys import Keys
from mailing.parser import Parser
from mailing.proving import Proving, Vouching
from mailing.signing import Signer

#: So many names are asked for at once; who does not answer keeps a thread for some seconds.
DNS_THREADS = 16


def signer_of(settings: Settings) -> Signer | None:
    """Return who signs what leaves, or None when the settings name no key.

    Raises: NotSafe when it is none to sign with.
    """
    if settings.dkim_key is None or settings.dkim_selector is None:
        return None
    from mailing import private_keys  # not at the top: it loads OpenSSL, 12 MB

    try:
        return private_keys.signer(
            settings.dkim_key.get_secret_value(),
            domain=settings.dkim_domain,
            selector=settings.dkim_selector,
        )
    except private_keys.BadKey as why:
        raise NotSafe(f"SAMBAND_DKIM_KEY {why}.") from None


def of(settings: Settings, parser: Parser, clock: Clock) -> Vouching:
    """Return whose word counts about who sent a mail."""
    sealers = ",".join(settings.trusted_sealers)
    proving = None
    if settings.check_signatures == "yes":
        proving = Proving(parser, _keys(clock), clock, trusted_sealers=sealers)
    return Vouching(authserv_id=settings.authserv_id or "", sealers=sealers, proving=proving)


def _keys(clock: Clock) -> Keys:
    # Threads of their own: the loop's common ones are for the database.
    threads = ThreadPoolExecutor(DNS_THREADS, "dns")

    async def texts(name: str) -> Texts:
        return await asyncio.get_running_loop().run_in_executor(threads, dns.kept_texts, name)

    return Keys(texts, clock)
