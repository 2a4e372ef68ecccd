import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailing import private_keys
from mailing.private_keys import BadKey
from tests.mailing import judge


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is no private key"),
        ("", "is no private key"),
        (judge.pem(bits=1024).replace("PRIVATE", "PUBLIC"), "is no private key"),
    ],
    ids=["broken", "empty", "public"],
)
def test_what_is_no_key_is_refused_with_a_reason(pem: str, why: str) -> None:
    with pytest.raises(BadKey, match=why):
        private_keys.signer(pem, domain="example.org", selector="s1")


def test_a_key_of_another_kind_is_refused() -> None:
    key = generate_private_key(SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    with pytest.raises(BadKey, match="neither an RSA nor an Ed25519"):
        private_keys.signer(pem, domain="example.org", selector="s1")


@pytest.mark.parametrize("kind", judge.KINDS)
def test_a_signer_names_its_algorithm_and_shows_no_key(kind: str) -> None:
    signer = judge.a_signer(kind)

    assert signer.algorithm == f"{kind}-sha256"
    assert signer.record.startswith(f"v=DKIM1; k={kind}; p=")
    assert "Signer object at" in repr(signer)
