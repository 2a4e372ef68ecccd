"""The doctor asks the relay whether it would send for us: connect, EHLO, STARTTLS, AUTH, QUIT."""

import smtplib
import ssl

from app.findings import Finding, bad, ok, why
from config.parsing import RelayAddress, relay_address
from config.settings import Settings

WAIT_SECONDS = 8


def relay(given: Settings) -> list[Finding]:
    """Check that the relay answers, encrypts and knows our login; no mail is sent."""
    address = relay_address(given.smtp_relay.get_secret_value())
    where = f"{address.host}, port {address.port}"
    try:
        return [ok("relay", f"{where}: {_greet(address)}.")]
    except smtplib.SMTPAuthenticationError as refused:
        return [
            bad(
                "relay",
                f"{where} refuses the login ({refused.smtp_code}).",
                "Look at the user and the password in SAMBAND_SMTP_RELAY (percent-encoded).",
            )
        ]
    except ssl.SSLError as error:
        return [
            bad(
                "relay",
                f"{where}: the encryption fails: {error.reason or error}.",
                "Look at the certificate's name and date; smtps:// is for port 465 only.",
            )
        ]
    except (OSError, smtplib.SMTPException) as error:
        return [
            bad(
                "relay",
                f"{where} does not answer as a mail server: {why(error)}.",
                "Start the mail server, or set SAMBAND_SMTP_RELAY to one that is running.",
            )
        ]


def _greet(address: RelayAddress) -> str:
    """Do all but send: connect, EHLO, STARTTLS, AUTH; say in a few words what was done."""
    checked = ssl.create_default_context()
    if address.is_tls:
        session: smtplib.SMTP = smtplib.SMTP_SSL(
            address.host, address.port, timeout=WAIT_SECONDS, context=checked
        )
    else:
        session = smtplib.SMTP(address.host, address.port, timeout=WAIT_SECONDS)
    done = ["answers over TLS" if address.is_tls else "answers"]
    with session:
        session.ehlo_or_helo_if_needed()
        if address.starttls == "required":
            session.starttls(context=checked)
            done.append("encrypts")
        elif address.starttls == "opportunistic" and session.has_extn("starttls"):
            done.append("offers STARTTLS")
        if address.user is not None and address.password is not None:
            session.login(address.user, address.password)
            done.append("knows our login")
        if not session.has_extn("smtputf8"):
            done.append("takes no addresses such as åse@example.org (no SMTPUTF8)")
    return ", ".join(done)
