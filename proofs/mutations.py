"""Takes away each guard of the mail path in turn, and sees whether a test misses it (R31).

Works on a copy of the tree. First the tests that are named must pass as the tree is; then, for each
guard, at least one of its own must fail.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from proofs.guard import Guard
from proofs.guards_in import TAKING
from proofs.guards_out import SENDING

GUARDS = (*SENDING, *TAKING)
ROOT = Path(__file__).parent.parent
_NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".hypothesis", "var", "*cache*")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


class Broken(Exception):
    """The tests do not pass as the tree is."""


def missed(guard: Guard, tree: Path) -> list[str]:
    """Take a guard away in this copy; return the tests that fail for it."""
    path = tree / guard.path
    whole = path.read_text("utf-8")
    path.write_text(guard.without(whole), "utf-8")
    try:
        return failing(guard.tests, tree)
    finally:
        path.write_text(whole, "utf-8")


def failing(tests: Sequence[str], tree: Path) -> list[str]:
    """Run tests in a copy of the tree; return those that fail."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=no", *_options(), *tests],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise Broken(done.stdout + done.stderr)
    return _FAILED.findall(done.stdout)


def _options() -> tuple[str, ...]:
    return ("-p", "no:cacheprovider", "-p", "no:randomly")


def main(arguments: list[str]) -> bool:
    """Print a table of the guards, or of those whose names have one of these words."""
    chosen = [
        guard for guard in GUARDS if not arguments or any(word in guard.name for word in arguments)
    ]
    with tempfile.TemporaryDirectory(prefix="samband-guards-") as name:
        tree = Path(name) / "tree"
        shutil.copytree(ROOT, tree, ignore=_NOT_COPIED)
        every = sorted({test for guard in chosen for test in guard.tests})
        if broken := failing(every, tree):
            raise Broken(f"these fail as the tree is: {broken}")
        print("| guard | for | a test that fails without it |")
        print("|---|---|---|")
        unmissed = 0
        for guard in chosen:
            found = missed(guard, tree)
            unmissed += not found
            shown = f"`{found[0].partition('[')[0]}`" if found else "**none**"
            print(f"| {guard.name} | {guard.ids} | {shown} |", flush=True)
    print(f"\n{len(chosen)} guards, {len(chosen) - unmissed} missed by a test.")
    return not unmissed
