"""The doctor asks DNS about the lists' domain, and this machine about our ports."""

import socket
from collections.abc import Callable
from http.client import HTTPException
from urllib.request import urlopen

from app.findings import Finding, bad, ok, warn, why
from config.parsing import Endpoint
from config.settings import Settings
from mailing import dns

WAIT_SECONDS = 3


def names(given: Settings) -> list[Finding]:
    """Check what DNS says about the domain: that it is there, takes mail, and may send it."""
    domain = given.domain
    if domain == "localhost":
        mend = "Set SAMBAND_DOMAIN to the domain of the lists' addresses."
        return [warn("dns", "The domain is localhost; addresses work on this machine only.", mend)]
    try:
        mail_servers = dns.mail_servers(domain)
        policies = dns.texts(domain), dns.texts(f"_dmarc.{domain}")
    except dns.NoAnswer as reason:
        mend = f"Look by hand: dig +short MX {domain}; dig +short TXT {domain}"
        return [warn("dns", f"{domain} was not checked: {reason}.", mend)]
    found = [
        ok("dns", f"Mail to {domain} goes to {', '.join(mail_servers)}.")
        if mail_servers
        else bad("dns", f"{domain} has no MX record.", "Add one that names your mail server.")
    ]
    for label, start, texts in zip(("SPF", "DMARC"), ("v=spf1", "v=DMARC1"), policies, strict=True):
        if not any(text.lower().startswith(start.lower()) for text in texts):
            words = f"{domain} has no {label} record; large providers then refuse list mail."
            found.append(warn("dns", words, "docs/running.md shows the records to add."))
    return found


def ports(given: Settings) -> list[Finding]:
    """Check that the ports on which we listen are free, or already ours."""
    return [
        _port("mail port", given.lmtp_listen, "SAMBAND_LMTP_LISTEN", ours=_is_mail),
        *(
            [_port("SMTP port", given.smtp_listen, "SAMBAND_SMTP_LISTEN", ours=_is_mail)]
            if given.smtp_listen is not None
            else []
        ),
        _port("web port", given.web_listen, "SAMBAND_WEB_LISTEN", ours=_is_web),
    ]


def _port(
    what: str, endpoint: Endpoint, variable: str, *, ours: Callable[[Endpoint], bool]
) -> Finding:
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((endpoint.host, endpoint.port))
        return ok(what, f"{endpoint} is free.")
    except OSError as error:
        if ours(endpoint):
            return ok(what, f"The service is listening on {endpoint}.")
        mend = f"Stop the other program, or choose another port in {variable}."
        return bad(what, f"{endpoint} cannot be used: {why(error)}.", mend)


def _is_mail(endpoint: Endpoint) -> bool:
    """Tell whether a listener for mail answers there, which will be ours."""
    try:
        with socket.create_connection(endpoint, WAIT_SECONDS) as connection:
            connection.settimeout(WAIT_SECONDS)
            return connection.recv(512).startswith(b"220 ")
    except OSError:
        return False


def _is_web(endpoint: Endpoint) -> bool:
    """Tell whether our pages answer there."""
    try:
        with urlopen(f"http://{endpoint}/healthz", timeout=WAIT_SECONDS) as response:
            return bool(response.status == 200)
    except (OSError, HTTPException, ValueError):
        return False
