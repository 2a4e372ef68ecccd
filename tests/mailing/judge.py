"""A judge from outside: dkimpy checks what we sign. Keys for the tests, of both kinds."""

from collections.abc import Mapping
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailing import private_keys
from mailing.signing import Signer

DOMAIN = "lists.example.org"
KINDS = ("rsa", "ed25519")


def pem(kind: str = "rsa", *, bits: int = 2048) -> str:
    return _pem(kind, bits)


@cache
def _pem(kind: str, bits: int) -> str:
    key = generate_private_key(65537, bits) if kind == "rsa" else Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def a_signer(kind: str = "rsa", *, domain: str = DOMAIN, selector: str = "s1") -> Signer:
    return private_keys.signer(pem(kind), domain=domain, selector=selector)


def records(*signers: Signer) -> Mapping[str, str]:
    """Give what the signers' domains publish."""
    return {f"{each.selector}._domainkey.{each.domain}": each.record for each in signers}


def verdicts(raw: bytes, *signers: Signer) -> list[bool]:
    """Judge each DKIM signature of a mail, from the top; those of other domains are not whole.

    Leaves dates aside: dkimpy reads the machine's clock, and the tests' years are not ours.
    """
    known = records(*signers)

    def txt(name: bytes, timeout: int = 0) -> str:
        return known.get(name.decode().rstrip("."), "")

    found = []
    count = sum(name.lower() == b"dkim-signature" for name, _ in dkim.DKIM(raw).headers)
    for number in range(count):
        judge = dkim.DKIM(raw)
        fields = [field for field in judge.headers if field[0].lower() == b"dkim-signature"]
        tags = dkim.util.parse_tag_value(fields[number][1])
        names = [name.strip().lower() for name in tags[b"h"].split(b":")]
        try:
            found.append(judge.verify_sig(tags, names, tuple(fields[number]), txt))
        except dkim.DKIMException:
            found.append(False)
    return found


def is_whole(raw: bytes, *signers: Signer) -> bool:
    """Tell whether the lowest signature, which is ours, is whole."""
    return verdicts(raw, *signers)[-1]
