"""HTTP mode: is a request really Slack's? Everything that is not quite right is refused (401).

Looked at before anything parses the body, so that no stranger's bytes reach a parser (threat 28).
"""

import re
from collections.abc import Mapping
from typing import Final

from slack_sdk.signature import SignatureVerifier

SIGNATURE: Final = "x-slack-signature"
TIMESTAMP: Final = "x-slack-request-timestamp"
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_TIMESTAMP: Final = re.compile(r"\d{9,11}", re.ASCII)


def proved(body: bytes, headers: Mapping[str, str], *, signing_secret: str) -> str | None:
    """Return the text of a request that Slack signed in the last five minutes, or None."""
    lower = {name.lower(): value for name, value in headers.items()}
    signature, timestamp = lower.get(SIGNATURE, ""), lower.get(TIMESTAMP, "")
    # An empty secret would let everybody sign.
    if not (signing_secret and _SIGNATURE.fullmatch(signature) and _TIMESTAMP.fullmatch(timestamp)):
        return None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    verifier = SignatureVerifier(signing_secret)
    return text if verifier.is_valid(text, timestamp, signature) else None
