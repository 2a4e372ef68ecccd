"""Reads every setting at once when a process starts.

They come from the environment and from `.env`; a secret also from a file that `SAMBAND_..._FILE`
names. Wrong settings stop the start with one line for each variable, in `WrongSettings`; a secret
is in no line.
"""

import difflib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource

from config.settings import (
    MAKE_A_KEY,
    OWN_DATABASE,
    OWN_SECRET_KEY,
    PREFIX,
    Settings,
    is_secret,
    variable,
)

_LOST_KEY = (
    f"SAMBAND_SECRET_KEY: is not set, and {OWN_SECRET_KEY} is gone, though {OWN_DATABASE} is "
    "there. Put it back from the backup. If it is lost for good, all links in mails sent so far "
    f"are dead; make a new one as the service's account: (umask 077; {MAKE_A_KEY} > "
    f"{OWN_SECRET_KEY})"
)


class WrongSettings(Exception):
    """Settings with which the service must not start; one line for each variable."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load(
    environ: Mapping[str, str] | None = None,
    env_file: str | None = ".env",
    *,
    makes_key: bool = False,
) -> Settings:
    """Read and check every setting; the environment goes before `env_file`.

    An empty value is no value. With the default database and no key, who makes the database makes
    one and keeps it; to all others nothing was signed yet, and they get one that nobody keeps.

    Raises:
        WrongSettings: with a line for every variable that is wrong, missing or unknown.
    """
    variables = _variables(environ, env_file)
    given, wrong = _named(variables)
    if "secret_key" not in given and "database_url" not in given:
        # With other mistakes nothing starts: no key is made, and none is called missing.
        nobodys = secrets.token_urlsafe(32)
        kept = "" if wrong else _own_secret_key(makes_one=makes_key)
        given["secret_key"] = kept or nobodys
    try:
        read = Settings.model_validate(given)
    except ValidationError as error:
        raise WrongSettings(wrong + _lines(error, given)) from None
    wrong += _contradictions(read)
    if wrong:
        raise WrongSettings(wrong)
    for name, path in _files(variables).items():
        if not variables.get(name.removesuffix("_FILE"), "").strip():
            read.note_file(name.removeprefix(PREFIX).removesuffix("_FILE").lower(), path)
    return read


def secret_files(
    environ: Mapping[str, str] | None = None, env_file: str | None = ".env"
) -> dict[str, Path]:
    """Say which secrets come from files of their own, by the name of their variable."""
    return _files(_variables(environ, env_file))


def _files(variables: Mapping[str, str]) -> dict[str, Path]:
    return {
        name: Path(value)
        for name, value in variables.items()
        if name.endswith("_FILE") and value.strip()
    }


def _variables(environ: Mapping[str, str] | None, env_file: str | None) -> dict[str, str]:
    """Read what is set for us; the environment goes before the file."""
    read = {} if env_file is None else _from_env_file(env_file)
    return read | {
        name: value
        for name, value in (os.environ if environ is None else environ).items()
        if name.upper().startswith(PREFIX)
    }


def _from_env_file(path: str) -> dict[str, str]:
    source = DotEnvSettingsSource(Settings, env_file=path, env_file_encoding="utf-8")
    return {
        name.upper(): value
        for name, value in source.env_vars.items()
        if value is not None and name.upper().startswith(PREFIX)
    }


def _named(variables: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Sort variables to settings, read secrets from files, and find the unknown ones."""
    given, wrong = {}, []
    for name, value in variables.items():
        setting = name.removeprefix(PREFIX).lower()
        file_of = setting.removesuffix("_file")
        if not value.strip():
            continue
        if setting in Settings.model_fields:
            given[setting] = value
        elif file_of in Settings.model_fields and is_secret(Settings.model_fields[file_of]):
            try:
                given.setdefault(file_of, Path(value).read_text("utf-8").strip())
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "it is no text"
                wrong.append(f"{name}: the file {value!r} cannot be read: {reason}.")
        else:
            wrong.append(_unknown(name))
    return given, wrong


def _unknown(name: str) -> str:
    known = [variable(setting) for setting in Settings.model_fields]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    meant = f"did you mean {near[0]}?" if near else "see .env.example for those that exist."
    return f"{name}: there is no such setting; {meant}"


def _lines(error: ValidationError, given: Mapping[str, str]) -> list[str]:
    lines = {}
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = str(problem["loc"][0])
        field = Settings.model_fields[name]
        if name not in given and problem["type"] != "missing":
            continue  # a default that is made from another value, which is the wrong one
        words = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "missing":
            words = "is missing; it signs links and sign-ins"
        elif not is_secret(field):
            words = f"{given.get(name, '')!r} {words.removeprefix('Input ')}"
        example = (field.examples or [""])[0]
        lines[name] = f"{variable(name)}: {words}; for example: {example}"
    return list(lines.values())


def _contradictions(read: Settings) -> list[str]:
    """Find settings that are each right and wrong together."""
    wrong = []
    if bool(read.dkim_key) != bool(read.dkim_selector):
        wrong.append(
            "SAMBAND_DKIM_SELECTOR: a key and a selector belong together; set both, or neither."
        )
    return wrong + _chat_contradictions(read) + _rotation_contradictions(read)


def _chat_contradictions(read: Settings) -> list[str]:
    wrong = []
    ways_in = [read.slack_app_token, read.slack_signing_secret]
    if read.has_chat and not any(ways_in):
        wrong.append(
            "SAMBAND_SLACK_BOT_TOKEN: needs a way for Slack to reach us; set "
            "SAMBAND_SLACK_APP_TOKEN (Socket Mode) or SAMBAND_SLACK_SIGNING_SECRET (HTTP)."
        )
    if any(ways_in) and not read.has_chat:
        wrong.append(
            "SAMBAND_SLACK_BOT_TOKEN: is missing, but Slack is set up; for example: xoxb-..."
        )
    return wrong


def _rotation_contradictions(read: Settings) -> list[str]:
    """Find what is missing, or too much, where the bot's token expires."""
    file = read.slack_token_file
    if file is None:
        without = {"slack_refresh_token", "slack_client_id", "slack_client_secret"}
        alone = sorted(name for name in without if getattr(read, name) is not None)
        why = "is for a token that expires; set SAMBAND_SLACK_TOKEN_FILE too, or leave this out."
        return [f"{variable(name)}: {why}" for name in alone]
    needed = ["slack_client_id", "slack_client_secret"]
    if not file.exists():
        needed.append("slack_refresh_token")
    missing = [name for name in needed if getattr(read, name) is None]
    wrong = [f"{variable(name)}: is missing; {file} is written with it." for name in missing]
    if read.slack_bot_token is not None:
        wrong.append(
            "SAMBAND_SLACK_BOT_TOKEN: is one that does not expire, and SAMBAND_SLACK_TOKEN_FILE "
            "keeps one that does; set one of them."
        )
    return wrong


def _own_secret_key(*, makes_one: bool) -> str:
    """Read the key that we keep ourselves; empty where there is none, and none is to be made.

    None is made beside a database that is there: its mails and people hold links signed with
    another key, which is in a backup or in some other place, and would be out of use without a
    word.
    """
    try:
        if OWN_DATABASE.exists() and not OWN_SECRET_KEY.exists():
            raise WrongSettings([_LOST_KEY])
        if makes_one:
            _make_own_secret_key()
        return OWN_SECRET_KEY.read_text("utf-8").strip() if OWN_SECRET_KEY.exists() else ""
    except OSError as error:
        raise WrongSettings(
            [f"SAMBAND_SECRET_KEY: is not set, and {OWN_SECRET_KEY}: {error.strerror}."]
        ) from None


def _make_own_secret_key() -> None:
    if not OWN_SECRET_KEY.exists():
        OWN_SECRET_KEY.parent.mkdir(parents=True, exist_ok=True)
        draft = OWN_SECRET_KEY.with_name(f"{OWN_SECRET_KEY.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32) + "\n", "utf-8")
        try:
            # Unlike a rename, a link fails when another process was first; then its key counts.
            os.link(draft, OWN_SECRET_KEY)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
