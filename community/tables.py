"""Every table of the house, whoever asks and whatever was imported before.

A table is known once the module of its class is imported; a command that imports only what it needs
would otherwise forget the rest, which must not happen where a person is exported or erased.
"""

import importlib
import pkgutil

from sqlalchemy import Table

import community
from community.store import Base


def load() -> list[Table]:
    """Import every stored class and return all tables, referred ones before referring ones."""
    for module in pkgutil.iter_modules(community.__path__, "community."):
        importlib.import_module(module.name)
    return Base.metadata.sorted_tables
