"""Reads the key that we sign with. Loads OpenSSL, 12 MB: only who has a key imports this.

Source: RFC 6376 §3.3.3, RFC 8301, RFC 8463.
"""

import base64
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from mailing.signing import Signer

#: RFC 8301 §3.2: shorter ones are not believed by anybody.
LEAST_RSA_BITS = 1024
_PADDING, _DIGESTED = PKCS1v15(), Prehashed(hashes.SHA256())


class BadKey(ValueError):
    """Not a key to sign with; the message says why and holds nothing of it."""


def signer(pem: str, *, domain: str, selector: str) -> Signer:
    """Read a private key, RSA or Ed25519, in PEM.

    Raises: BadKey.
    """
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as broken:  # TypeError: it wants a password
        raise BadKey("is no private key in PEM without a password") from broken
    if isinstance(key, RSAPrivateKey):
        if key.key_size < LEAST_RSA_BITS:
            raise BadKey(f"is an RSA key of {key.key_size} bits; take 2048")
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        kind, bits = "rsa", key.key_size
        sign = partial(_rsa, key)
    elif isinstance(key, Ed25519PrivateKey):
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        kind, bits = "ed25519", 256
        sign = partial(_ed25519, key)
    else:
        raise BadKey("is neither an RSA nor an Ed25519 key")
    return Signer(
        domain=domain,
        selector=selector,
        algorithm=f"{kind}-sha256",
        sign=sign,
        record=f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode('ascii')}",
        bits=bits,
    )


def _rsa(key: RSAPrivateKey, digest: bytes) -> bytes:
    return key.sign(digest, _PADDING, _DIGESTED)


def _ed25519(key: Ed25519PrivateKey, digest: bytes) -> bytes:
    return key.sign(digest)
