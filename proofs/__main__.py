"""Runs one proof, or says which there are: `python -m proofs kills`."""

import sys
from importlib import import_module

#: Name -> `module:function`; the function takes the other arguments, prints what it has seen, and
#: returns whether every promise was kept.
PROOFS = {
    "crashes": "proofs.crashes:main",
    "databases": "proofs.databases:main",
    "decisions": "proofs.decisions:main",
    "disks": "proofs.disks:main",
    "enumeration": "proofs.enumeration:main",
    "guards": "proofs.mutations:main",
    "kills": "proofs.kills:main",
    "power": "proofs.power:main",
    "races": "proofs.races:main",
}


def main(arguments: list[str]) -> int:
    """Run the proof that is named."""
    if not arguments or arguments[0] not in PROOFS:
        print(f"There is: {', '.join(PROOFS)}.")
        return 2
    module, _, function = PROOFS[arguments[0]].partition(":")
    return 0 if getattr(import_module(module), function)(arguments[1:]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
