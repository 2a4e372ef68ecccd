"""The keys that domains publish in DNS for their signatures: reads a record, checks a signature.

Source: RFC 6376 §3.6.1, §6.1.2; RFC 8301; RFC 8463.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from mailing import canonical

#: RFC 8301 §3.2: less counts as no signature; more costs too much to check.
LEAST_BITS, MOST_BITS = 1024, 8192
_SERVICES = {"*", "email"}


class NoKey(Exception):
    """A record that holds no key that counts; the message says why."""


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A domain's key."""

    #: As in `a=` of a signature.
    algorithm: str
    key: RSAPublicKey | Ed25519PublicKey
    #: The domain is still trying: a signature that fails says nothing (`t=y`).
    is_trial: bool
    #: The signer may not name a domain below (`t=s`).
    is_strict: bool

    @property
    def octets(self) -> bytes:
        """Return the key as it stands in `p=`."""
        if isinstance(self.key, RSAPublicKey):
            return self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return self.key.public_bytes_raw()

    def same_as(self, record: str) -> bool:
        """Tell whether a record of ours holds this very key."""
        return f"p={base64.b64encode(self.octets).decode('ascii')}" in record

    def is_whole(self, signature: bytes, digest: bytes) -> bool:
        """Tell whether a signature was made over this SHA-256 digest by the key's owner."""
        try:
            if isinstance(self.key, RSAPublicKey):
                self.key.verify(signature, digest, PKCS1v15(), Prehashed(hashes.SHA256()))
            else:
                self.key.verify(signature, digest)
        except InvalidSignature:
            return False
        return True


def read(texts: Iterable[str]) -> PublicKey:
    """Read the key out of the TXT records of a name; of several the first that counts.

    Raises: NoKey.
    """
    why = NoKey("there is no record")
    for text in texts:
        try:
            return _key(canonical.tags(text.encode("latin-1", errors="replace")))
        except NoKey as none:
            why = none
        except ValueError:
            why = NoKey("the record is no list of tags")
    raise why


def _key(tags: Mapping[str, str]) -> PublicKey:
    kind, flags = tags.get("k", "rsa"), set(_words(tags.get("t", "")))
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        raise NoKey("the record is not about a key")
    if not tags["p"]:
        raise NoKey("the key is revoked")
    if "h" in tags and "sha256" not in _words(tags["h"]):
        raise NoKey("the key is not for SHA-256")
    if not _SERVICES & set(_words(tags.get("s", "*"))):
        raise NoKey("the key is not for mail")
    if kind not in _LOADED:
        raise NoKey("the key is of an unknown kind")
    try:
        key = _LOADED[kind](canonical.octets(tags["p"]))
    except (ValueError, UnsupportedAlgorithm) as broken:
        raise NoKey("the key cannot be read") from broken
    return PublicKey(
        algorithm=f"{kind}-sha256", key=key, is_trial="y" in flags, is_strict="s" in flags
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(":")]


def _rsa(octets: bytes) -> RSAPublicKey:
    key = load_der_public_key(octets)
    if not isinstance(key, RSAPublicKey):
        raise NoKey("the key is not what the record says")
    if not LEAST_BITS <= key.key_size <= MOST_BITS:
        raise NoKey(f"the key has {key.key_size} bits")
    return key


_LOADED: Mapping[str, Callable[[bytes], RSAPublicKey | Ed25519PublicKey]] = {
    "rsa": _rsa,
    "ed25519": Ed25519PublicKey.from_public_bytes,
}
