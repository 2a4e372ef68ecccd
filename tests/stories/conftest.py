"""A town for each story, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from tests.stories import town as towns


@pytest.fixture
async def town(database_url: str, now: datetime) -> AsyncIterator[towns.Town]:
    """Build the town, with its clock standing at Monday 1 February 2027, 10:00 in Oslo."""
    async with towns.standing(database_url, now) as town:
        yield town
