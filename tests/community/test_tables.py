from community import tables
from community.store import Base
from migrations.__main__ import load_tables


def test_load_knows_every_table_that_the_migrations_make() -> None:
    assert {table.name for table in tables.load()} == set(load_tables().tables)
    assert set(Base.metadata.tables) == set(load_tables().tables)
