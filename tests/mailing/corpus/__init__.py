"""Mails of every shape that people's programs make: made here, the same each time (R22).

Nothing of it was ever sent by anybody. `samples()` gives all; each says in which words it is read,
so that who passes one through the service can ask for them at the other end.
"""

from collections.abc import Iterator
from random import Random

from tests.mailing.corpus import charsets, odd, programs, shapes
from tests.mailing.corpus.sample import Sample

SEED = 22


def samples() -> list[Sample]:
    """Give every sample, each with its own name, Message-ID and subject."""
    made = list(_made(Random(SEED)))  # noqa: S311 - the same mails each time
    assert len({sample.name for sample in made}) == len(made)
    return made


def _made(random: Random) -> Iterator[Sample]:
    yield from charsets.samples(random)
    yield from programs.samples(random)
    yield from odd.samples()
    yield from shapes.samples()
