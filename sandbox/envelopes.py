"""The way from Slack to the app: Socket Mode, or signed HTTP posts when a request URL is set."""

from __future__ import annotations

import json

import aiohttp
from slack_sdk.signature import Clock as MachineClock

from sandbox.records import Json
from sandbox.signing import encoded, signed
from sandbox.socket_mode import DISPATCH_FAILED, OPERATION_TIMEOUT, Ack, Sockets


class Envelopes:
    """Deliver payloads to the app and bring its acks back."""

    def __init__(self, sockets: Sockets, *, signing_secret: str) -> None:
        self._sockets = sockets
        self._signing_secret = signing_secret
        #: Where the app listens in HTTP mode; None means Socket Mode.
        self.request_url: str | None = None
        #: Events that were sent, by event_id, so that one can be sent again.
        self.events: dict[str, Json] = {}

    def signed_request(self, payload: Json) -> tuple[dict[str, str], str]:
        """Return headers and body of the post that would bring this payload to the app."""
        content_type, body = encoded(payload)
        # Bolt compares with the machine's clock, so the signature is made by it as well.
        headers = signed(self._signing_secret, body, at=int(MachineClock().now()))
        return {"Content-Type": content_type, **headers}, body

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Ack:
        """Send one payload and return what came back in the time Slack gives."""
        if kind == "events_api":
            self.events[payload["event_id"]] = payload
        if self.request_url is None:
            return await self._sockets.deliver(kind, payload, retry=retry)
        headers, body = self.signed_request(payload)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        timeout = aiohttp.ClientTimeout(total=self._sockets.ack_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self.request_url, data=body, headers=headers) as response,
            ):
                return _ack(response.status, await response.text())
        except TimeoutError:
            return Ack(error=OPERATION_TIMEOUT)
        except aiohttp.ClientError:
            return Ack(error=DISPATCH_FAILED)


def _ack(status: int, text: str) -> Ack:
    if status != 200:
        return Ack(error=f"http_status_{status}")
    try:
        payload = json.loads(text)
    except ValueError:
        return Ack(payload={"text": text} if text else None)
    return Ack(payload=payload if isinstance(payload, dict) else None)
