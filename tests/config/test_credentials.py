import pytest

from config.credentials import mail_token, private_key


def test_a_mail_token_is_long_and_fits_into_a_header() -> None:
    assert mail_token(f" {'t' * 32}\n") == "t" * 32
    for wrong in ("t" * 31, "t " * 32, "ü" * 32):
        with pytest.raises(ValueError, match="32 signs without spaces"):
            mail_token(wrong)


def test_a_private_key_may_stand_in_one_line() -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n"

    assert private_key(pem) == private_key(pem.strip().replace("\n", "\\n")) == pem
    for wrong in ("", "MC4C", pem.replace("PRIVATE", "PUBLIC"), "x" + pem):
        with pytest.raises(ValueError, match="is no private key in PEM"):
            private_key(wrong)
