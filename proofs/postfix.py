"""A real Postfix of our own: in a folder, on ports of its own, with a queue that nobody else has.

What comes for our lists it hands to the service over LMTP; what goes to anybody else it sends to
one relay, or throws away. It tries again after a second. Needs root, as Postfix does.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proofs import journals
from proofs.ports import free_port

#: Where Postfix thinks that it is installed; a user's PATH need not have it.
_SBIN = os.pathsep.join(("/usr/sbin", "/sbin", os.environ.get("PATH", "")))
NO_POSTFIX = "Postfix is not installed (Debian: apt-get install postfix)"
NO_ROOT = "Postfix runs only for root"

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
multi_instance_enable = yes
multi_instance_name = postfix-proof-{port}
myhostname = mx.example.org
myorigin = example.org
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
disable_dns_lookups = yes
relay_domains = lists.example.org
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = {others}
smtp_tls_security_level = none
notify_classes =
fast_flush_domains =
in_flow_delay = 0s
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
transport_retry_time = 1s
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""
_STATUS = re.compile(
    r"postfix.*/(?P<by>lmtp|smtp|discard|error)\[\d+\]: (?P<queue>\w+): to=<(?P<recipient>[^>]*)>"
    r".* status=(?P<status>\w+) \((?P<reply>.*)\)$"
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What Postfix has noted of one try for one recipient."""

    #: The part of Postfix that tried: `lmtp`, `smtp`, `discard`, `error`.
    by: str
    #: The mail, as Postfix names it.
    queue: str
    recipient: str
    #: `sent`, `deferred` or `bounced`.
    status: str
    #: What the other side said.
    reply: str


class Postfix:
    """A running Postfix."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    @property
    def url(self) -> str:
        """Say where it is, as a setting of the service."""
        return f"smtp://127.0.0.1:{self.port}?starttls=never"

    def reports(self) -> list[Report]:
        """Read what became of each recipient of each mail, try by try."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        found = (_STATUS.search(line) for line in lines)
        return [Report(**match.groupdict()) for match in found if match]

    def queued(self) -> int:
        """Count the mails that it still has."""
        queues = ("maildrop", "hold", "incoming", "active", "deferred", "corrupt")
        places = (self.folder / "queue" / name for name in queues)
        return sum(1 for place in places for each in place.rglob("*") if each.is_file())

    def wait_until_empty(self) -> None:
        """Return when its queue is empty, by its own word too (`mailq`)."""
        try:
            journals.wait(lambda: not self.queued(), "Postfix had handed on all it had")
        except TimeoutError as vain:
            vain.add_note(self.run("postqueue", "-p"))
            raise
        said = self.run("postqueue", "-p").strip()
        if said != "Mail queue is empty":
            raise AssertionError(said)

    def run(self, command: str, *words: str) -> str:
        """Run one of Postfix's own commands about this one; return what it says."""
        path = shutil.which(command, path=_SBIN) or command
        line = (path, "-c", str(self.folder / "etc"), *words)
        done = subprocess.run(line, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}{self._log()}")
        return done.stdout

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace")[-2_000:] if log.exists() else ""


def is_installed() -> bool:
    """Say whether there is a Postfix on this machine."""
    return shutil.which("postfix", path=_SBIN) is not None


@contextlib.contextmanager
def running(*, lmtp: int, others: str = "discard:") -> Iterator[Postfix]:
    """Run a Postfix before the service on this LMTP port; gone at the end, with all it had.

    `others` is where mail goes that is for none of our lists, as Postfix says it:
    `smtp:[127.0.0.1]:2525`.
    """
    with tempfile.TemporaryDirectory(prefix="samband-postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its parts run as a user of their own
        port = free_port()
        words = {"folder": folder, "port": port, "lmtp": lmtp, "others": others}
        for place in ("etc", "queue", "state"):
            (folder / place).mkdir()
        shutil.chown(folder / "state", "postfix")
        (folder / "etc" / "main.cf").write_text(_MAIN.format(**words))
        (folder / "etc" / "master.cf").write_text(_MASTER.format(**words))
        postfix = Postfix(folder, port)
        postfix.run("postfix", "start")
        try:
            yield postfix
        finally:
            postfix.run("postfix", "abort")
