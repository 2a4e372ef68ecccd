"""What the proofs of reliability share: one process that forks the service for all of them."""

from collections.abc import Iterator

import pytest

from proofs import house
from proofs.house import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Give what forks the service, so that a start takes 50 ms."""
    with house.warm() as process:
        yield process
