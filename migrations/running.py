"""What Alembic does for us: it runs the scripts. Called by `upgrade` and `downgrade` alone."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def config_for(url: str, *, scripts: Path) -> Config:
    """Make Alembic's configuration for the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, *, scripts: Path) -> None:
    """Run all scripts that the database has not seen."""
    command.upgrade(config_for(url, scripts=scripts), "head")


def downgrade(url: str, revision: str, *, scripts: Path) -> None:
    """Run scripts backwards to `revision`."""
    command.downgrade(config_for(url, scripts=scripts), revision)
