"""What the doctor found, as values and as text."""

import json
import textwrap
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from os import strerror
from typing import Literal

MARKS = {"ok": "ok  ", "warn": "look", "bad": "MEND"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was checked, in plain words, and what to do about it."""

    #: What was checked, in one or two words.
    what: str
    how: Literal["ok", "warn", "bad"]
    #: One sentence; no secret, no person.
    words: str
    #: What to do; empty when all is well.
    mend: str = ""


def ok(what: str, words: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(what=what, how="ok", words=words)


def warn(what: str, words: str, mend: str = "") -> Finding:
    """Say that something works but should be looked at."""
    return Finding(what=what, how="warn", words=words, mend=mend)


def bad(what: str, words: str, mend: str = "") -> Finding:
    """Say that something does not work until it is mended."""
    return Finding(what=what, how="bad", words=words, mend=mend)


def as_text(findings: Iterable[Finding], *, width: int = 96) -> str:
    """Write the findings for a person, with a summary at the end."""
    found = list(findings)
    lines: list[str] = []
    for finding in found:
        head = f"{MARKS[finding.how]}  {finding.what:<12} "
        lines += textwrap.wrap(
            finding.words, width, initial_indent=head, subsequent_indent=" " * len(head)
        )
        if finding.mend:
            lines += textwrap.wrap(
                f"-> {finding.mend}",
                width,
                initial_indent=" " * len(head),
                subsequent_indent=" " * (len(head) + 3),
                break_long_words=False,
                break_on_hyphens=False,
            )
    return "\n".join([*lines, "", _summary(found)]) + "\n"


def as_json(findings: Iterable[Finding]) -> str:
    """Write the findings for a program."""
    return json.dumps([asdict(finding) for finding in findings], indent=2) + "\n"


def _summary(found: list[Finding]) -> str:
    to_mend = sum(finding.how == "bad" for finding in found)
    to_look_at = sum(finding.how == "warn" for finding in found)
    if not to_mend and not to_look_at:
        return "All is well."
    return f"{to_mend} to mend, {to_look_at} to look at."


def why(error: BaseException) -> str:
    """Say in a few words why a connection failed."""
    cause = getattr(error, "reason", None)
    if isinstance(cause, BaseException):
        return why(cause)
    number = getattr(error, "errno", None) or 0  # names that are not found have their own, below 0
    said = strerror(number) if number > 0 else getattr(error, "strerror", None)
    words = str(cause or said or error).strip()
    return (words or type(error).__name__).splitlines()[0][:200]
