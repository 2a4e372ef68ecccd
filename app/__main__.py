"""The command `samband`: one entry for running the service and for looking after it.

An expected no ends with its words and code 1, a bug with a reference and code 3, wrong usage with
code 2.
"""

import errno
import secrets
from importlib import metadata

import click
import structlog

import migrations
from app.admin import bounces, check, lists, moving, outbox, people, posts, rehearsing_archives
from app.admin.desk import Broken, Said, clock_of, env_file_of, loaded
from app.openings import NotOpened, in_words
from app.safety import NotSafe, sole_process
from config import logging


class Samband(click.Group):
    """The command with its one place for what goes wrong."""

    def invoke(self, context: click.Context) -> object:
        """Run a command; turn what it raises into words, without a traceback."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (NotSafe, NotOpened) as reason:
            raise Said(str(reason)) from None
        except Exception as bug:
            if isinstance(bug, OSError) and bug.errno == errno.EPIPE:
                raise  # `samband due | head`: click ends quietly
            raise Broken(_logged(bug)) from None


def _logged(bug: Exception) -> str:
    """Write a bug to the log and return the words with its reference."""
    reference = secrets.token_hex(4)
    if not structlog.is_configured():
        logging.configure("auto")
    structlog.get_logger().error("command.broke", reference=reference, exc_info=bug)
    return f"Something broke. Reference {reference}: the log above has it."


@click.group(
    cls=Samband, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(metadata.version("samband"), message="%(prog)s %(version)s")
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False),
    help="Where settings stand besides the environment.  [default: .env, where there is one]",
)
def samband(env_file: str | None) -> None:
    """Samband: the postdocs' community service, a Slack bot and a mailing list that run as one."""


@samband.command()
@click.option("--roles", default="", help="Some of web,mail,worker,clock,bot; all when left out.")
def serve(roles: str) -> None:
    """Run the service until Ctrl-C; brings the database up to date first."""
    # Imported here: the doors take a second to load, which other commands need not wait for.
    from app import serve as serving
    from app.roles import ROLES

    wanted = frozenset(role.strip() for role in roles.split(",") if role.strip())
    if unknown := sorted(wanted - set(ROLES)):
        raise click.BadParameter(
            f"There is no role {', '.join(unknown)}. There is: {', '.join(ROLES)}.",
            param_hint="--roles",
        )
    serving.main(loaded(makes_key=True), wanted or frozenset(ROLES))


@samband.command()
@click.option("--fresh", is_flag=True, help="Forget what happened in the last demo.")
def demo(*, fresh: bool) -> None:
    """Try the whole service on this machine, with invented people."""
    from app import demo as showing

    showing.main(fresh=fresh)


@samband.command()
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
@click.pass_context
def doctor(context: click.Context, *, is_json: bool) -> None:
    """Check everything the service rests on, and say what to mend."""
    from app.doctor import examine

    def write(text: str) -> None:
        click.echo(text, nl=False)

    clock, env_file = clock_of(context), env_file_of(context)
    context.exit(examine(write, json=is_json, clock=clock, env_file=env_file))


@samband.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the schema of this version; a copy of an SQLite file is kept."""
    url = loaded(makes_key=True).database_url.get_secret_value()
    with in_words(url), sole_process(url):
        revision = migrations.upgrade(url)
    click.echo(f"The database is at schema {revision}.")


db.add_command(moving.move)
for command in (
    lists.group,
    posts.held,
    posts.decide,
    posts.post,
    people.group,
    outbox.due,
    outbox.outbox,
    bounces.group,
    check.check,
):
    samband.add_command(command)
lists.group.add_command(rehearsing_archives.of_archive)


def main() -> None:
    """Run the command with the arguments of the process."""
    samband(prog_name="samband")


if __name__ == "__main__":
    main()
