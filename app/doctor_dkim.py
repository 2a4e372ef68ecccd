"""The doctor looks at who vouches: our key beside what DNS says of it, and who checks senders."""

from app import vouching
from app.findings import Finding, bad, ok, warn
from app.safety import NotSafe
from config.settings import Settings
from mailing import dns
from mailing.signing import Signer

WANTED_RSA_BITS = 2048


def signature(given: Settings, *, server: tuple[str, int] | None = None) -> list[Finding]:
    """Check that the key can sign and that its public half is published; `server` is asked."""
    try:
        signer = vouching.signer_of(given)
    except NotSafe as reason:
        return [bad("dkim", str(reason), "docs/running.md shows how to make a key.")]
    if signer is None:
        words = "Samband signs nothing; your mail server must, or large providers refuse list mail."
        return [warn("dkim", words, "Set SAMBAND_DKIM_KEY_FILE and SAMBAND_DKIM_SELECTOR.")]
    return [*_strength(signer), _published(signer, server)]


def senders(given: Settings) -> list[Finding]:
    """Say who finds out whether a mail comes from the address that it names."""
    if given.authserv_id is not None:
        return [ok("senders", f"{given.authserv_id} says who sent a mail.")]
    if given.check_signatures == "yes":
        return [ok("senders", "Samband checks the signatures of mails itself.")]
    words = "Nobody checks who sent a mail: whoever names a member's address writes as that member."
    mend = "Set SAMBAND_AUTHSERV_ID, or else SAMBAND_CHECK_SIGNATURES=yes."
    return [warn("senders", words, mend)]


def _strength(signer: Signer) -> list[Finding]:
    if signer.algorithm == "ed25519-sha256":
        words = "The key is Ed25519, which some large providers cannot check yet."
        return [warn("dkim", words, "Let your mail server sign with an RSA key as well.")]
    if signer.bits < WANTED_RSA_BITS:
        words = f"The key has {signer.bits} bits."
        return [warn("dkim", words, "Make one of 2048 bits, under a new selector.")]
    return []


def _published(signer: Signer, server: tuple[str, int] | None) -> Finding:
    name = f"{signer.selector}._domainkey.{signer.domain}"
    from mailing import public_keys  # not at the top: it loads OpenSSL, 12 MB

    mend = f'Publish this TXT record at {name}: "{signer.record}"'
    try:
        texts = dns.texts(name, server=server)
    except dns.NoAnswer as reason:
        return warn("dkim", f"{name} was not checked: {reason}.", mend)
    if not texts:
        return bad("dkim", f"{name} has no TXT record, so nobody believes our signatures.", mend)
    try:
        is_ours = public_keys.read(texts).same_as(signer.record)
    except public_keys.NoKey as reason:
        return bad("dkim", f"{name} holds no key that counts: {reason}.", mend)
    if not is_ours:
        return bad("dkim", f"{name} holds another key than ours.", mend)
    return ok("dkim", f"What leaves is signed by {signer.domain}, and {name} says so.")
