"""The doctor asks the relay whether it would send for us: connect, EHLO, STARTTLS, AUTH, QUIT."""

import smtplib
import ssl
from base64 import b64encode

from app.findings import Finding, bad, ok, why
from config.parsing import RelayAddress, relay_address
from config.settings import Settings

WAIT_SECONDS = 8
#: Answers to AUTH (RFC 4954 §4).
CONTINUE, LOGGED_IN = 334, 235


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
            log_in(session, address.user, address.password)
            done.append("knows our login")
        if not session.has_extn("smtputf8"):
            done.append("takes no addresses such as åse@example.org (no SMTPUTF8)")
    return ", ".join(done)


def log_in(session: smtplib.SMTP, user: str, password: str) -> None:
    """Log in as the service does, which sends UTF-8 (RFC 4616 §2); smtplib knows ASCII only."""
    if (user + password).isascii():
        session.login(user, password)
        return
    offered = session.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        answer = session.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}"))
    elif "LOGIN" in offered:
        answer = session.docmd("AUTH", "LOGIN " + _base64(user))
        if answer[0] == CONTINUE:
            answer = session.docmd(_base64(password))
    else:
        raise smtplib.SMTPNotSupportedError("it offers no login that takes other than ASCII")
    if answer[0] != LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(*answer)


def _base64(words: str) -> str:
    return b64encode(words.encode()).decode("ascii")
