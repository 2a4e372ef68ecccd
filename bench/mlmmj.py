"""mlmmj beside us: files, C, no daemon; each post is a process that an MTA starts."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from bench import mails

#: The folder under which mlmmj is installed (`usr/bin`, `usr/share`); `/` for a Debian package.
ROOT = Path(os.environ.get("BENCH_MLMMJ", "/"))
_RECEIVE = ROOT / "usr/bin/mlmmj-receive"
_TEXTS = ROOT / "usr/share/mlmmj/text.skel/en"
_FOLDERS = (
    *("incoming", "queue", "queue/discarded", "archive", "subconf", "unsubconf", "bounce"),
    *("moderation", "subscribers.d", "digesters.d", "requeue", "nomailsubs.d", "control"),
)

NAME = "mlmmj"


def is_installed() -> bool:
    """Tell whether it can be run here."""
    return _RECEIVE.exists()


def posted(folder: Path, *, relay_port: int, members: int) -> float:
    """Hand in one post to a new list, by its own VERP; return the moment it was accepted."""
    home = folder / "list"
    for name in _FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "index").touch()
    shutil.copytree(_TEXTS, home / "text")
    settings = {
        "listaddress": mails.LIST,
        "owner": "owner@lists.example.org",
        "relayhost": "127.0.0.1",
        "smtpport": str(relay_port),
    }
    for name, value in settings.items():
        (home / "control" / name).write_text(value + "\n")
    everybody = "".join(mails.member(number) + "\n" for number in range(members))
    (home / "subscribers.d/m").write_text(everybody)
    subprocess.run(
        [_RECEIVE, "-L", home],
        input=mails.post().replace(b"\r\n", b"\n"),
        env={**os.environ, "SENDER": mails.AUTHOR, "RECIPIENT": mails.LIST},
        check=True,
    )
    return time.monotonic()
