"""Who vouches for a mail: the signer of what leaves, as the settings name it."""

from app.safety import NotSafe
from config.settings import Settings
from mailing.signing import Signer


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
