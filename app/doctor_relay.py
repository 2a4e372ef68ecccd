"""The doctor asks the relay whether it would send for us: connect, EHLO, STARTTLS, AUTH, QUIT."""

import asyncio
import ssl

import aiosmtplib

from app.findings import Finding, bad, ok, why
from config.parsing import RelayAddress, relay_address
from config.settings import Settings

WAIT_SECONDS = 8
_STARTTLS = {"required": True, "opportunistic": None, "never": False}


def relay(given: Settings) -> list[Finding]:
    """Check that the relay answers, encrypts and knows our login; no mail is sent."""
    address = relay_address(given.smtp_relay.get_secret_value())
    where = f"{address.host}, port {address.port}"
    try:
        return [ok("relay", f"{where}: {asyncio.run(_greet(address))}.")]
    except aiosmtplib.SMTPAuthenticationError as refused:
        return [
            bad(
                "relay",
                f"{where} refuses the login ({refused.code}).",
                "Look at the user and the password in SAMBAND_SMTP_RELAY (percent-encoded).",
            )
        ]
    except (OSError, aiosmtplib.SMTPException) as error:
        below = error.__cause__
        cause = below if isinstance(below, OSError) and below.errno else error
        if isinstance(cause, ssl.SSLError):
            return [
                bad(
                    "relay",
                    f"{where}: the encryption fails: {why(cause)}.",
                    "Look at the certificate's name and date; smtps:// is for port 465 only.",
                )
            ]
        return [
            bad(
                "relay",
                f"{where} does not answer as a mail server: {why(cause)}.",
                "Start the mail server, or set SAMBAND_SMTP_RELAY to one that is running.",
            )
        ]


async def _greet(address: RelayAddress) -> str:
    """Come as far as the service before its first mail, by its library; say what was done."""
    client = aiosmtplib.SMTP(
        hostname=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        timeout=WAIT_SECONDS,
        use_tls=address.is_tls,
        start_tls=_STARTTLS[address.starttls],
        validate_certs=address.is_tls or address.starttls == "required",
    )
    async with client:
        done = ["answers"]
        if client.get_transport_info("sslcontext") is not None:
            done.append("encrypts")
        if address.user is not None:
            done.append("knows our login")
        await client.ehlo()
        if not client.supports_extension("smtputf8"):
            done.append("takes no addresses such as åse@example.org (no SMTPUTF8)")
    return ", ".join(done)
