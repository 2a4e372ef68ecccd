"""Every setting of the service, and reading them all at once when a process starts.

They come from the environment and from `.env`; a secret also from a file that `SAMBAND_..._FILE`
names. Only `app` imports this module and passes the values on. Wrong settings stop the start with
one line for each variable, in `WrongSettings`; a secret is in no line and in no repr.
"""

import difflib
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config import parsing
from config.parsing import Endpoint

PREFIX = "SAMBAND_"
DEFAULT_DATABASE = "sqlite:///var/samband.db"
#: Where the key is kept that we make ourselves, beside the default database.
OWN_SECRET_KEY = Path("var/secret-key")
MAKE_A_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


class WrongSettings(Exception):
    """Settings with which the service must not start; one line for each variable."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _secret(read: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda value: SecretStr(read(value.get_secret_value())))


Domain = Annotated[str, AfterValidator(parsing.domain)]
Listen = Annotated[Endpoint, BeforeValidator(parsing.endpoint)]
SigningSecret = Annotated[SecretStr, _secret(parsing.slack_signing_secret)]
WebUrl = Annotated[str, AfterValidator(parsing.web_url)]


class Settings(BaseSettings):
    """All values, parsed. `SAMBAND_` and the name in capitals is the variable."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    database_url: Annotated[SecretStr, _secret(parsing.database_url)] = Field(
        SecretStr(DEFAULT_DATABASE),
        description="The database: an SQLite file, or PostgreSQL for more than one process.",
        examples=["postgresql://samband@127.0.0.1/samband"],
    )
    lmtp_listen: Listen = Field(
        Endpoint("127.0.0.1", 8024),
        description="Host and port on which mail comes in from your mail server (LMTP).",
        examples=["127.0.0.1:8024"],
    )
    smtp_listen: Listen | None = Field(
        None,
        description="Host and port on which mail also comes in by SMTP, for mail servers that know "
        "no LMTP; not for the open internet.",
        examples=["10.0.0.5:2525"],
    )
    mail_token: Annotated[SecretStr, _secret(parsing.mail_token)] | None = Field(
        None,
        description="With it, mail is also taken at POST /mail/ADDRESS?sender=..., as raw MIME "
        "with this token as Bearer; at least 32 characters.",
        examples=[f"<what this prints: {MAKE_A_KEY}>"],
    )
    imap_url: Annotated[SecretStr, _secret(parsing.imap_url)] | None = Field(
        None,
        description="With it, mail is also taken from this mailbox, every minute: "
        "imaps://user:password@host/INBOX.",
        examples=["imaps://lists:password@mail.example.org/INBOX"],
    )
    smtp_relay: Annotated[SecretStr, _secret(parsing.relay_url)] = Field(
        SecretStr("smtp://127.0.0.1:25"),
        description="The mail server that sends for us: smtp:// (STARTTLS if offered; always "
        "with a login) or smtps://; ?starttls=required, opportunistic or never.",
        examples=["smtp://user:password@mail.example.org:587"],
    )
    web_listen: Listen = Field(
        Endpoint("127.0.0.1", 8000),
        description="Host and port on which the pages are served to your web server.",
        examples=["127.0.0.1:8000"],
    )
    public_url: WebUrl = Field(
        default_factory=lambda read: f"http://{read.get('web_listen', '127.0.0.1:8000')}",
        description="The address of the pages as people see it; it is in every mail. "
        "Default: where the pages are served.",
        examples=["https://samband.example.org"],
    )
    domain: Domain = Field(
        "localhost",
        description="The domain of the lists' addresses, as in postdocs@DOMAIN.",
        examples=["lists.example.org"],
    )
    service_name: Annotated[str, AfterValidator(parsing.shown_name)] = Field(
        "Samband",
        description="The name that people read in mails and on pages (at most 40 characters).",
        examples=["Samband"],
    )
    mail_from: Annotated[str, AfterValidator(parsing.address)] = Field(
        default_factory=lambda read: f"samband@{read.get('domain', 'localhost')}",
        description="The sender of our own mails. Default: samband@ and the domain.",
        examples=["samband@lists.example.org"],
    )
    authserv_id: Domain | None = Field(
        None,
        description="The name under which your mail server writes Authentication-Results "
        "(SPF, DKIM, DMARC); none are trusted without it.",
        examples=["mail.example.org"],
    )
    dkim_key: Annotated[SecretStr, _secret(parsing.private_key)] | None = Field(
        None,
        description="With it, everything that leaves is signed: a private key in PEM, RSA (2048 "
        "bits) or Ed25519; docs/running.md shows how to make one. Usually from a file.",
        examples=["<the file: SAMBAND_DKIM_KEY_FILE=/etc/samband/dkim.pem>"],
    )
    dkim_selector: Domain | None = Field(
        None,
        description="The name under which the key's public half stands in DNS: "
        "SELECTOR._domainkey.DOMAIN.",
        examples=["<samband1, or any other label>"],
    )
    dkim_domain: Domain = Field(
        default_factory=lambda read: str(read.get("domain", "localhost")),
        description="The domain that signs. Default: SAMBAND_DOMAIN.",
        examples=["lists.example.org"],
    )
    own_domains: Annotated[tuple[str, ...], BeforeValidator(parsing.domains)] = Field(
        default_factory=lambda read: (parsing.parent_domain(str(read.get("domain", "localhost"))),),
        description="The domains of your own people, with all below them, separated by commas: "
        "their names stay in From, whatever their DMARC record says. Default: the domain above "
        "SAMBAND_DOMAIN.",
        examples=["example.org, example.net"],
    )
    max_message_bytes: Annotated[int, BeforeValidator(parsing.message_bytes)] = Field(
        26_214_400,
        description="The largest mail taken in, in bytes (64 KiB to 100 MiB).",
        examples=["26214400"],
    )
    slack_bot_token: Annotated[SecretStr, _secret(parsing.slack_bot_token)] | None = Field(
        None,
        description="Slack's Bot User OAuth Token. Without it the service runs without chat.",
        examples=["xoxb-..."],
    )
    slack_app_token: Annotated[SecretStr, _secret(parsing.slack_app_token)] | None = Field(
        None,
        description="Slack's app-level token (connections:write): Socket Mode is used if set.",
        examples=["xapp-..."],
    )
    slack_signing_secret: Annotated[SecretStr, _secret(parsing.slack_signing_secret)] | None = (
        Field(
            None,
            description="Slack's signing secret: HTTP at /slack/events is served if set.",
            examples=["<32 letters and digits, under Basic Information>"],
        )
    )
    slack_api_url: Annotated[str, AfterValidator(parsing.api_url)] = Field(
        "https://slack.com/api/",
        description="Slack's Web API.",
        examples=["https://slack.com/api/"],
    )
    secret_key: Annotated[SecretStr, _secret(parsing.secret_key)] = Field(
        description="Signs links, addresses and sign-ins; at least 32 characters. Keep it: "
        "with a new one all links in mails sent so far stop working. With the default "
        f"database a key is made and kept in {OWN_SECRET_KEY}.",
        examples=[f"<what this prints: {MAKE_A_KEY}>"],
    )
    timezone: Annotated[str, AfterValidator(parsing.zone)] = Field(
        "Europe/Oslo",
        description="The zone of working hours and of times in messages.",
        examples=["Europe/Oslo"],
    )
    default_language: Literal["en", "nb"] = Field(
        "en",
        description="The language of people who chose none: en or nb.",
        examples=["nb"],
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto",
        description="How the log is written: console for people, json for machines; auto is "
        "console in a terminal and json elsewhere.",
        examples=["json"],
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what `load` gives: it has read all sources, and can name each mistake."""
        return (init_settings,)


def load(environ: Mapping[str, str] | None = None, env_file: str | None = ".env") -> Settings:
    """Read and check every setting; the environment goes before `env_file`.

    An empty value is no value. With the default database and no key, make one and keep it.

    Raises:
        WrongSettings: with a line for every variable that is wrong, missing or unknown.
    """
    given, wrong = _named(_variables(environ, env_file))
    if "secret_key" not in given and "database_url" not in given and not wrong:
        given["secret_key"] = _own_secret_key()
    try:
        read = Settings.model_validate(given)
    except ValidationError as error:
        raise WrongSettings(wrong + _lines(error, given)) from None
    wrong += _contradictions(read)
    if wrong:
        raise WrongSettings(wrong)
    return read


def variable(name: str) -> str:
    """Say how the setting is called in the environment."""
    return PREFIX + name.upper()


def is_secret(field: FieldInfo) -> bool:
    """Tell whether the value of a setting must never be shown."""
    return "SecretStr" in str(field.annotation)  # an Annotated one or None hides deep inside


def secrets_of(read: Settings) -> tuple[str, ...]:
    """Return every secret value, for the log to blank."""
    values = (getattr(read, name) for name in Settings.model_fields)
    return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def secret_files(
    environ: Mapping[str, str] | None = None, env_file: str | None = ".env"
) -> dict[str, Path]:
    """Say which secrets come from files of their own, by the name of their variable."""
    return {
        name: Path(value)
        for name, value in _variables(environ, env_file).items()
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
    ways_in = [read.slack_app_token, read.slack_signing_secret]
    if read.slack_bot_token and not any(ways_in):
        wrong.append(
            "SAMBAND_SLACK_BOT_TOKEN: needs a way for Slack to reach us; set "
            "SAMBAND_SLACK_APP_TOKEN (Socket Mode) or SAMBAND_SLACK_SIGNING_SECRET (HTTP)."
        )
    if any(ways_in) and not read.slack_bot_token:
        wrong.append(
            "SAMBAND_SLACK_BOT_TOKEN: is missing, but Slack is set up; for example: xoxb-..."
        )
    return wrong


def _own_secret_key() -> str:
    """Read the key that we keep ourselves; make it the first time, readable by us alone."""
    try:
        _make_own_secret_key()
        return OWN_SECRET_KEY.read_text("utf-8").strip()
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
