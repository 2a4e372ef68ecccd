"""What a setting may look like: each function turns a string into a value or says what is wrong.

Pure. The words of a ValueError end up in the one line that a person reads when the start stops;
they never contain the value, which may be a secret (`settings` adds it where it is none).
"""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?P<domain>[^\s@]{1,190})")
#: Under these, below a country's own, everybody can have a name.
SHARED_LABELS = {"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org", "res", "sch"}
LEAST_MESSAGE_BYTES = 65_536
MOST_MESSAGE_BYTES = 104_857_600
USUAL_PORTS = {"http": 80, "https": 443}
DATABASES = {"sqlite", "postgresql", "postgresql+psycopg"}


class Endpoint(NamedTuple):
    """A host and a port to listen on; port 0 takes any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class RelayAddress(NamedTuple):
    """Where the mail server that sends for us is, and how to talk to it."""

    host: str
    port: int
    #: TLS from the first byte (`smtps://`).
    is_tls: bool
    #: "required", "opportunistic" or "never"; a login makes it "required".
    starttls: str
    user: str | None
    password: str | None


class ImapAddress(NamedTuple):
    """A mailbox that mail is taken from."""

    host: str
    port: int
    #: TLS from the first byte (`imaps://`).
    is_tls: bool
    user: str
    password: str
    folder: str


def endpoint(text: object) -> object:
    """Read `host:port`, with an IPv6 host in brackets."""
    if not isinstance(text, str):
        return text
    host, _, port = text.strip().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError("an IPv6 address needs brackets")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("is not a host and a port")
    return Endpoint(host, int(port))


def domain(text: str) -> str:
    """Read a domain name, in lower case."""
    name = text.strip().rstrip(".").lower()
    labels = name.split(".")
    if not 0 < len(name) <= 190 or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError("is not a domain name")
    return name


def domains(given: object) -> object:
    """Read domain names that are separated by commas."""
    if not isinstance(given, str):
        return given
    return tuple(domain(name) for name in given.split(",") if name.strip())


def networks(given: object) -> object:
    """Read addresses and networks of machines that are separated by commas."""
    if not isinstance(given, str):
        return given
    try:
        read = [ip_network(each.strip()) for each in given.split(",") if each.strip()]
    except ValueError as wrong:
        raise ValueError("is not a list of addresses and networks") from wrong
    return tuple(
        str(each.network_address) if each.num_addresses == 1 else str(each) for each in read
    )


def parent_domain(name: str) -> str:
    """Return the domain above one, unless whole countries share that: `ac.uk`, `org`."""
    above = name.partition(".")[2]
    first, _, last = above.partition(".")
    is_shared = not last or (first in SHARED_LABELS and len(last) == 2)
    return name if is_shared else above


def address(text: str) -> str:
    """Read a bare e-mail address."""
    found = ADDRESS.fullmatch(text.strip())
    if found is None:
        raise ValueError("is not an e-mail address")
    domain(found["domain"])
    return text.strip()


def zone(text: str) -> str:
    """Read the name of a time zone."""
    try:
        return ZoneInfo(text.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError("is not a known time zone") from unknown


def web_url(text: str) -> str:
    """Read an http or https URL; it is given back without a slash at the end."""
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a web address that begins with https:// or http://")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("may have no login, '?' or '#'")
    return text.strip().rstrip("/")


def public_url(text: str) -> str:
    """Read the address of the pages, as browsers write it: they send it as Origin with each form.

    Lower case, and no port that goes without saying (RFC 6454 §6.2).
    """
    parts = urlsplit(web_url(text))
    if parts.path:
        raise ValueError("may have nothing behind the host: the pages need a host of their own")
    if not parts.netloc.isascii():
        raise ValueError("has letters that are not in DNS; write the host as it is there (xn--...)")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, USUAL_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def api_url(text: str) -> str:
    """Read the base of a web API; it is given back with one slash at the end."""
    return web_url(text) + "/"


def database_url(text: str) -> str:
    """Read a database URL of a kind that we support."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator or scheme not in DATABASES:
        raise ValueError("is not a SQLite or PostgreSQL URL")
    if scheme == "sqlite" and rest in ("", "/", "/:memory:"):
        raise ValueError("names no file; a database in memory would forget everything")
    _split(text)
    return text.strip()


def relay_url(text: str) -> str:
    """Read the URL of the relay; `relay_address` takes it apart."""
    relay_address(text)
    return text.strip()


def relay_address(text: str) -> RelayAddress:
    """Take the relay's URL apart: smtp[s]://[user:password@]host[:port][?starttls=...]."""
    parts = _split(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("does not begin with smtp://host or smtps://host")
    if parts.path not in ("", "/") or parts.fragment:
        raise ValueError("may have nothing but ?starttls=... after the port")
    query = parse_qs(parts.query, keep_blank_values=True)
    starttls = query.pop("starttls", ["required" if parts.username else "opportunistic"])[-1]
    if query or starttls not in ("required", "opportunistic", "never"):
        raise ValueError("knows only ?starttls=required, opportunistic or never")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("needs a user and a password, or neither")
    if parts.username and parts.scheme == "smtp" and starttls != "required":
        raise ValueError("would send the password unencrypted; leave ?starttls out")
    is_tls = parts.scheme == "smtps"
    return RelayAddress(
        host=parts.hostname,
        port=parts.port or (465 if is_tls else 25),
        is_tls=is_tls,
        starttls="never" if is_tls else starttls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def imap_url(text: str) -> str:
    """Read the URL of a mailbox; `imap_address` takes it apart."""
    imap_address(text)
    return text.strip()


def imap_address(text: str) -> ImapAddress:
    """Take a mailbox's URL apart: imaps://user:password@host[:port][/folder]."""
    parts = _split(text)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname:
        raise ValueError("does not begin with imaps://user:password@host")
    if not parts.username or not parts.password:
        raise ValueError("needs a user and a password")
    if parts.scheme == "imap" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("would send the password unencrypted; use imaps://")
    if parts.query or parts.fragment:
        raise ValueError("may have nothing but the folder after the port")
    folder = unquote(parts.path.removeprefix("/")) or "INBOX"
    values = (unquote(parts.username), unquote(parts.password), folder)
    if not all(value.isprintable() and value.isascii() for value in values):
        raise ValueError("has signs that IMAP cannot say")
    is_tls = parts.scheme == "imaps"
    return ImapAddress(parts.hostname, parts.port or (993 if is_tls else 143), is_tls, *values)


def shown_name(text: str) -> str:
    """Read a name that fits into the sender of a mail."""
    name = text.strip()
    if not 0 < len(name) <= 40 or not name.isprintable():
        raise ValueError("is empty, longer than 40 characters or more than one line")
    return name


def message_bytes(text: object) -> object:
    """Read a size in bytes that a mail server may be told."""
    if not isinstance(text, str):
        return text
    digits = text.strip().replace("_", "")
    if not digits.isascii() or not digits.isdigit():
        raise ValueError("is not a whole number of bytes")
    if not LEAST_MESSAGE_BYTES <= int(digits) <= MOST_MESSAGE_BYTES:
        raise ValueError(f"is not between {LEAST_MESSAGE_BYTES} and {MOST_MESSAGE_BYTES}")
    return int(digits)


def file(path: Path) -> Path:
    """Read the name of a file that we write."""
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError("is a folder, or in a folder that does not exist")
    return path


def _split(text: str) -> SplitResult:
    """Split a URL; a port that is no number or out of range is wrong here, not later."""
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError as wrong:
        raise ValueError("has a wrong host or port") from wrong
    if any(character.isspace() for character in text.strip()):
        raise ValueError("has a space in it")
    return parts
