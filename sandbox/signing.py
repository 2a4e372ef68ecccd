"""HTTP mode: a payload as Slack posts it to an app, signed with Slack's v0 signature. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

from sandbox.records import Json


def signed(secret: str, body: str, *, at: int) -> dict[str, str]:
    """Return the headers that prove Slack sent this body at this Unix time."""
    base = f"v0:{at}:{body}".encode()
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


def encoded(payload: Json) -> tuple[str, str]:
    """Return content type and body: a form for commands, `payload=` for interactions, else JSON."""
    if "command" in payload:
        fields = {key: value for key, value in payload.items() if value is not None}
        return "application/x-www-form-urlencoded", urlencode(fields)
    if payload.get("type") in ("event_callback", "url_verification"):
        return "application/json", json.dumps(payload)
    return "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(payload)})
