"""Runs one measurement, or says which there are."""

import sys
from importlib import import_module

#: Name -> `module:function`; the function prints what it has measured.
BENCHES = {
    "fanout": "bench.fanout:main",
    "burst": "bench.fanout:burst",
    "shared": "bench.fanout:shared",
    "inbound": "bench.inbound:main",
    "queue": "bench.queue:main",
    "idle": "bench.idle:main",
    "archive": "bench.archive:main",
    "importing": "bench.importing:main",
    "mboxes": "bench.mboxes:main",
    "hostile_mail": "bench.hostile_mail:main",
    "rehearsing": "bench.rehearsing:main",
    "signing": "bench.signing:main",
    "slack": "bench.slack:main",
    "peers": "bench.peers:main",
}


def main(arguments: list[str]) -> int:
    """Run the measurements that are named, or all of them."""
    if unknown := [name for name in arguments if name not in BENCHES]:
        print(f"There is no {', '.join(unknown)}. There is: {', '.join(BENCHES)}.")
        return 2
    for name in arguments or BENCHES:
        module, _, function = BENCHES[name].partition(":")
        getattr(import_module(module), function)()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
