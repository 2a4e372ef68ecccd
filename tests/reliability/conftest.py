"""What the proofs of reliability share: one process that forks the service for all of them."""

from collections.abc import Iterator

import pytest

from proofs import house, tracing
from proofs.house import Warm
from tests.conftest import missing


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Give what forks the service, so that a start takes 50 ms."""
    with house.warm() as process:
        yield process


@pytest.fixture(scope="session")
def strace() -> None:
    """Ask for strace and the right to use it."""
    if trouble := tracing.trouble():
        missing(trouble)
