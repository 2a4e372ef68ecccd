"""Hands a mail to the service as the site's mail server would: over LMTP."""

import asyncio
import smtplib


async def post(host: str, port: int, sender: str, recipient: str, raw: bytes) -> str:
    """Send one mail to one recipient and return the server's reply, a refusal too."""
    return await asyncio.to_thread(_post, host, port, sender, recipient, raw)


def _post(host: str, port: int, sender: str, recipient: str, raw: bytes) -> str:
    # One recipient: with several, Python's LMTP reads one reply only (python/cpython#76984).
    with smtplib.LMTP(host, port, timeout=120) as lmtp:
        lmtp.ehlo_or_helo_if_needed()
        options = () if sender.isascii() else ("SMTPUTF8",)
        for code, words in (lmtp.mail(sender, options), lmtp.rcpt(recipient)):
            if code >= 300:
                return f"{code} {words.decode(errors='replace')}"
        code, words = lmtp.data(raw)
        return f"{code} {words.decode(errors='replace')}"
