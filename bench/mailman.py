"""GNU Mailman 3 beside us: its core as shipped, on SQLite, with VERP for every post."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import time
import urllib.parse
from base64 import b64encode
from pathlib import Path

from bench import handing_in, mails, serving
from proofs.ports import free_port

#: The virtual environment in which Mailman's core is installed.
HOME = Path(os.environ.get("BENCH_MAILMAN", "/opt/mailman"))
_DOMAIN = mails.LIST.partition("@")[2]
_LOGIN = b64encode(b"restadmin:restpass").decode()
_READY_SECONDS = 120
#: With eight clients it answers some of them after minutes, while it holds what it has taken.
_PATIENCE_SECONDS = 300

NAME = "Mailman 3"


def is_installed() -> bool:
    """Tell whether it can be run here."""
    return (HOME / "bin/master").exists()


class Mailman:
    """A running Mailman."""

    def __init__(self, folder: Path, *, relay_port: int) -> None:
        self._folder = folder
        self.lmtp_port, self._rest_port = free_port(), free_port()
        self._settings = folder / "mailman.cfg"
        self._settings.write_text(
            "[mailman]\nsite_owner: owner@lists.example.org\nlayout: bench\n"
            f"[paths.bench]\nvar_dir: {folder}/var\nbin_dir: {HOME}/bin\n"
            "[mta]\nincoming: mailman.mta.null.NullMTA\nverp_delivery_interval: 1\n"
            f"smtp_host: 127.0.0.1\nsmtp_port: {relay_port}\n"
            f"lmtp_host: 127.0.0.1\nlmtp_port: {self.lmtp_port}\n"
            f"[webservice]\nhostname: 127.0.0.1\nport: {self._rest_port}\n"
        )
        self._environment = {
            "PATH": f"{HOME}/bin:{os.environ['PATH']}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
        }
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [HOME / "bin/master", "--force", "-C", self._settings],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that it can be ended with all that it has started
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                self._rest("GET", "/system/versions")
                handing_in.Line(self.lmtp_port).close()
                return
            time.sleep(0.1)
        raise RuntimeError("Mailman was not ready in time")

    def make_list(self, members: int, *, holds: bool = False) -> None:
        """Make the list and put so many members on it."""
        self._rest("POST", "/domains", mail_host=_DOMAIN)
        self._rest("POST", "/lists", fqdn_listname=mails.LIST)
        action = {"default_member_action": "hold"} if holds else {}
        self._rest("PATCH", f"/lists/{mails.LIST}/config", send_welcome_message="False", **action)
        names = self._folder / "members.txt"
        names.write_text("".join(mails.member(number) + "\n" for number in range(members)))
        command = (HOME / "bin/mailman", "--run-as-root", "-C", self._settings, "addmembers")
        subprocess.run(
            (*command, "--no-welcome-msg", names, mails.LIST),
            env=self._environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    @property
    def cpu_seconds(self) -> float:
        """How much CPU it and its runners have had."""
        return serving.cpu_seconds_of(self._process.pid)

    def held(self) -> int:
        """Count the posts that wait for a moderator, as its own API says."""
        found: int = json.loads(self._rest("GET", f"/lists/{mails.LIST}/held/count"))["count"]
        return found

    def _rest(self, method: str, path: str, **form: str) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", self._rest_port, timeout=_PATIENCE_SECONDS)
        try:
            body = urllib.parse.urlencode(form) if form else None
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
            line.request(method, "/3.1" + path, body, {"Authorization": f"Basic {_LOGIN}", **kind})
            answer = line.getresponse()
            said = answer.read()
            if answer.status >= 300:
                raise OSError(f"{method} {path}: {answer.status}")
            return said
        finally:
            line.close()

    def stop(self) -> None:
        """End it and all that it has started."""
        self._process.terminate()  # it ends its runners, each after what it is doing
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
