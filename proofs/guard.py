"""What a guard of the mail path is, and how it is taken away (R31); `mutations.py` does so.

A guard is a line or two of the code that a promise rests on. Who changes such a line changes it in
`guards_in.py` or `guards_out.py` as well: a test looks whether each is still where it was.
"""

from dataclasses import dataclass


class Moved(Exception):
    """A guard is not where it was."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """One guard: what stands in the code, and what would stand there without it."""

    name: str
    #: The promises that rest on it.
    ids: str
    path: str
    old: str
    new: str
    #: At least one of these fails without the guard (pytest's names).
    tests: tuple[str, ...]

    def without(self, whole: str) -> str:
        """Return its file without it.

        Raises: Moved when it stands there not exactly once.
        """
        if whole.count(self.old) != 1:
            raise Moved(f"“{self.name}” is not once in {self.path}: mend proofs/guards_*.py")
        return whole.replace(self.old, self.new)
