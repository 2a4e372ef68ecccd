"""What a key, a token or a password in the settings looks like: read, or refused in words.

Pure, as `parsing.py`: the words never contain the value.
"""

import re

LEAST_CHARACTERS = 32
CLIENT_ID = re.compile(r"[0-9]+\.[0-9]+")


def secret_key(text: str) -> str:
    """Read the key that signs links, cookies and addresses."""
    if len(text.strip()) < LEAST_CHARACTERS:
        raise ValueError(f"is shorter than {LEAST_CHARACTERS} characters")
    return text.strip()


def private_key(text: str) -> str:
    """Read a private key in PEM; in one line, `\\n` stands for its line ends."""
    pem = text.strip().replace("\\n", "\n")
    if not pem.startswith("-----BEGIN ") or not pem.endswith("PRIVATE KEY-----"):
        raise ValueError("is no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----")
    return pem + "\n"


def mail_token(text: str) -> str:
    """Read the token with which a provider hands in mails."""
    token = text.strip()
    if len(token) < LEAST_CHARACTERS or not token.isascii() or " " in token:
        raise ValueError(f"is not at least {LEAST_CHARACTERS} signs without spaces")
    return token


def bot_token(text: str) -> str:
    """Read the token of the bot user."""
    if text.strip().startswith("xoxe."):
        raise ValueError("expires; set SAMBAND_SLACK_TOKEN_FILE and what renews it instead")
    if not text.strip().startswith("xoxb-"):
        raise ValueError("is no bot token, which begins with xoxb-")
    return text.strip()


def app_token(text: str) -> str:
    """Read the app-level token, which opens Socket Mode."""
    if not text.strip().startswith("xapp-"):
        raise ValueError("is no app-level token, which begins with xapp-")
    return text.strip()


def refresh_token(text: str) -> str:
    """Read the token that buys the next token of the bot."""
    if not text.strip().startswith("xoxe-"):
        raise ValueError("is no refresh token, which begins with xoxe-")
    return text.strip()


def client_id(text: str) -> str:
    """Read the public name of the app."""
    if not CLIENT_ID.fullmatch(text.strip()):
        raise ValueError("is no client ID, which is two numbers with a point between")
    return text.strip()


def client_secret(text: str) -> str:
    """Read the password of the app."""
    if len(text.strip()) < 16 or not text.strip().isalnum():
        raise ValueError("is no client secret, which is 32 letters and digits")
    return text.strip()


def signing_secret(text: str) -> str:
    """Read the secret with which Slack signs its requests."""
    if len(text.strip()) < 16 or not text.strip().isalnum():
        raise ValueError("is no signing secret, which is 32 letters and digits")
    return text.strip()
