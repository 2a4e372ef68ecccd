"""`samband doctor`: check everything that the service rests on, and say what to mend.

Each check is a function of the settings and gives findings; none raises, none changes anything,
none prints a secret. What lies outside is asked in doctor_relay, doctor_imap, doctor_slack,
doctor_network and doctor_dkim.
"""

import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import migrations
from app.doctor_dkim import senders, signature
from app.doctor_flaws import flaws
from app.doctor_imap import mailbox
from app.doctor_network import names, ports
from app.doctor_relay import relay
from app.doctor_slack import slack
from app.findings import Finding, as_json, as_text, bad, ok, warn
from app.openings import to_do, unwritable
from community.clock import Clock, SystemClock
from community.database_facts import DatabaseFacts, Unreachable, facts
from config import loading
from config.loading import WrongSettings
from config.settings import OWN_SECRET_KEY, Settings
from mailing.storage import LEAST_FREE_BYTES

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 -- compared, not bound


def checks(
    given: Settings,
    *,
    clock: Clock,
    environ: Mapping[str, str] | None = None,
    env_file: str | None = ".env",
) -> list[Finding]:
    """Run all checks and return what they found, in the order in which to mend it."""
    return [
        ok("settings", "All settings can be read."),
        *secret_files(given, environ, env_file),
        *addresses(given),
        *database(given),
        *relay(given),
        *mailbox(given),
        *slack(given, clock=clock),
        *time_zone(given, clock=clock),
        *names(given),
        *signature(given),
        *senders(given),
        *ports(given),
    ]


def examine(
    write: Callable[[str], None],
    *,
    json: bool = False,
    clock: Clock | None = None,
    environ: Mapping[str, str] | None = None,
    env_file: str | None = ".env",
) -> int:
    """Check everything, write a report and return the exit code: 1 if something is to mend."""
    try:
        given = loading.load(environ, env_file)
        found = checks(given, clock=clock or SystemClock(), environ=environ, env_file=env_file)
    except WrongSettings as wrong:
        mend = "Set it in the environment or in .env; .env.example explains each setting."
        found = [bad("settings", line, mend) for line in wrong.lines]
    write(as_json(found) if json else as_text(found))
    return 1 if any(finding.how == "bad" for finding in found) else 0


def secret_files(
    given: Settings, environ: Mapping[str, str] | None, env_file: str | None
) -> list[Finding]:
    """Check that nobody else on this machine can read our secrets."""
    paths = [Path(env_file or ""), *loading.secret_files(environ, env_file).values()]
    found = [
        warn("secrets", f"{path} can be read by others on this machine.", f"chmod 600 {path}")
        for path in paths
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if OWN_SECRET_KEY.exists():
        is_used = OWN_SECRET_KEY.read_text("utf-8").strip() == given.secret_key.get_secret_value()
        words = f"The key is kept in {OWN_SECRET_KEY}; back it up with the database."
        unused = f"The key is SAMBAND_SECRET_KEY; {OWN_SECRET_KEY} is not used."
        found.append(ok("secrets", words if is_used else unused))
    return found


def addresses(given: Settings) -> list[Finding]:
    """Check that the address in every mail and the domain of the lists are real ones."""
    url = urlsplit(given.public_url)
    found = []
    if url.hostname in LOCAL_HOSTS:
        found.append(
            warn(
                "public url",
                f"Links in mails lead to {given.public_url}, which works on this machine only.",
                "Set SAMBAND_PUBLIC_URL to the address that people see.",
            )
        )
    elif url.scheme != "https":
        found.append(
            bad(
                "public url",
                f"{given.public_url} is not encrypted; its links sign people in.",
                "Serve the pages over https and set SAMBAND_PUBLIC_URL to that.",
            )
        )
    else:
        found.append(ok("public url", f"Links in mails lead to {given.public_url}."))
    return found


def database(given: Settings) -> list[Finding]:
    """Check that the database answers, has the newest schema, and keeps what it confirms."""
    url = given.database_url.get_secret_value()
    try:
        seen = facts(url)
    except Unreachable as reason:
        return [bad("database", f"It does not answer: {reason}.", to_do(url))]
    is_ready = seen.exists and seen.revision == migrations.head()
    return [*_schema(seen), *_safety(seen), *_room(seen, url), *(flaws(url) if is_ready else [])]


def _schema(seen: DatabaseFacts) -> list[Finding]:
    kind = f"{'SQLite' if seen.kind == 'sqlite' else 'PostgreSQL'} {seen.version}"
    newest = migrations.head()
    if not seen.exists:
        return [ok("database", f"{kind}; the file is made at the first start.")]
    if (seen.revision or migrations.BASE) == newest:
        return [ok("database", f"{kind}, schema {newest} (the newest).")]
    if not migrations.knows(seen.revision or migrations.BASE):
        words = f"{kind}, schema {seen.revision}, made by a newer version; this knows {newest}."
        return [bad("database", words, "Install the newer version, or restore the copy before it.")]
    return [
        warn(
            "database",
            f"{kind}, schema {seen.revision or 'empty'}; this version needs {newest}.",
            "Stop the service, then: samband db upgrade",
        )
    ]


def _safety(seen: DatabaseFacts) -> list[Finding]:
    found = []
    if seen.unsafe:
        found.append(
            bad(
                "database",
                f"A power cut can lose mail that was accepted: {', '.join(seen.unsafe)}.",
                "Set fsync and synchronous_commit to on in postgresql.conf."
                if seen.kind == "postgresql"
                else "Move the file to a local disk; SQLite cannot use WAL where it is.",
            )
        )
    if seen.has_wal_reset_race:
        found.append(
            warn(
                "database",
                f"SQLite {seen.version} has the WAL-reset race. The service writes through one "
                "connection, which avoids it; do not open the file with other programs meanwhile.",
                "Nothing urgent; SQLite 3.51.3 mends it.",
            )
        )
    return found


def _room(seen: DatabaseFacts, url: str) -> list[Finding]:
    path = migrations.sqlite_path(url)
    if path is None or seen.free_bytes is None:
        return []
    if seen.exists and (why := unwritable(path.parent)):
        return [bad("disk", f"Nothing can be written beside the database: {why}.", to_do(url))]
    free = f"{seen.free_bytes / 1024**3:.1f} GiB free beside the database."
    if seen.free_bytes < LEAST_FREE_BYTES:
        return [bad("disk", free, "Make room: below 256 MiB no mail is taken in.")]
    return [ok("disk", free)]


def time_zone(given: Settings, *, clock: Clock) -> list[Finding]:
    """Say what time it is for the people, which shows a wrong zone at a glance."""
    local = clock.now().astimezone(ZoneInfo(given.timezone))
    return [ok("time zone", f"In {given.timezone} it is {local:%A %d %B %Y, %H:%M}.")]
