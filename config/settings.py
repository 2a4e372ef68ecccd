"""Every setting of the service; `config.loading` reads them all at once when a process starts.

Only `app` imports this module and passes the values on. A secret is in no repr.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config import credentials, parsing, rates
from config.parsing import Endpoint

PREFIX = "SAMBAND_"
OWN_DATABASE = Path("var/samband.db")
DEFAULT_DATABASE = f"sqlite:///{OWN_DATABASE}"
#: Where the key is kept that we make ourselves, beside the default database.
OWN_SECRET_KEY = Path("var/secret-key")
#: Secrets in which a password stands, percent-encoded.
URLS = ("database_url", "smtp_relay", "imap_url")
MAKE_A_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def _secret(read: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda value: SecretStr(read(value.get_secret_value())))


Domain = Annotated[str, AfterValidator(parsing.domain)]
Listen = Annotated[Endpoint, BeforeValidator(parsing.endpoint)]


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
    mail_token: Annotated[SecretStr, _secret(credentials.mail_token)] | None = Field(
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
    mail_connections: Annotated[int, BeforeValidator(rates.lines)] = Field(
        50,
        description="The most lines to the relay at once (2 to 500); a tenth of them is kept for "
        "letters.",
        examples=["50"],
    )
    mail_rate: Annotated[float | None, BeforeValidator(rates.per_second)] = Field(
        None,
        description="How fast mail may leave, as the relay wants it: 20/s, 600/min or 1000/h. Each "
        "process that sends counts for itself.",
        examples=["20/s"],
    )
    domain_rates: Annotated[dict[str, float], BeforeValidator(rates.domain_rates)] = Field(
        default_factory=dict,
        description="How fast mail may go to readers in these domains, separated by commas.",
        examples=["gmail.com=5/s, example.org=100/min"],
    )
    web_listen: Listen = Field(
        Endpoint("127.0.0.1", 8000),
        description="Host and port on which the pages are served to your web server.",
        examples=["127.0.0.1:8000"],
    )
    trusted_proxies: Annotated[tuple[str, ...], BeforeValidator(parsing.networks)] = Field(
        ("127.0.0.1", "::1"),
        description="Where your web server is: addresses or networks, separated by commas. Only "
        "their X-Forwarded-For says who asks; without it all people share one limit for sign-ins.",
        examples=["10.0.0.7, 172.17.0.0/16"],
    )
    public_url: Annotated[str, AfterValidator(parsing.public_url)] = Field(
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
    check_signatures: Literal["yes", "no"] = Field(
        "no",
        description="Check the signatures (DKIM) of mails for which your mail server has written "
        "no Authentication-Results: yes or no. What is not proved then waits for a moderator.",
        examples=["yes"],
    )
    trusted_sealers: Annotated[tuple[str, ...], BeforeValidator(parsing.domains)] = Field(
        (),
        description="Domains whose word counts about mails that they have handed on (ARC), "
        "separated by commas; nobody's without it.",
        examples=["google.com, example.net"],
    )
    dkim_key: Annotated[SecretStr, _secret(credentials.private_key)] | None = Field(
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
    slack_bot_token: Annotated[SecretStr, _secret(credentials.bot_token)] | None = Field(
        None,
        description="Slack's Bot User OAuth Token, if it does not expire. Without it, and without "
        "SAMBAND_SLACK_TOKEN_FILE, the service runs without chat.",
        examples=["xoxb-..."],
    )
    slack_token_file: Annotated[Path, AfterValidator(parsing.file)] | None = Field(
        None,
        description="With it, the token expires and is renewed (token rotation): the file in which "
        "the service keeps it, and what it is renewed with. All processes share it.",
        examples=["<a file that the service may write, as /var/lib/samband/slack-token.json>"],
    )
    slack_refresh_token: Annotated[SecretStr, _secret(credentials.refresh_token)] | None = Field(
        None,
        description="The refresh token that Slack gave last; needed until the file above is there. "
        "Another one than before begins anew.",
        examples=["<xoxe-1-..., under OAuth & Permissions>"],
    )
    slack_client_id: Annotated[str, AfterValidator(credentials.client_id)] | None = Field(
        None,
        description="The app's Client ID, to renew its token with.",
        examples=["<two numbers with a point between, under Basic Information>"],
    )
    slack_client_secret: Annotated[SecretStr, _secret(credentials.client_secret)] | None = Field(
        None,
        description="The app's Client Secret, to renew its token with.",
        examples=["<32 letters and digits, under Basic Information>"],
    )
    slack_app_token: Annotated[SecretStr, _secret(credentials.app_token)] | None = Field(
        None,
        description="Slack's app-level token (connections:write): Socket Mode is used if set.",
        examples=["xapp-..."],
    )
    slack_signing_secret: Annotated[SecretStr, _secret(credentials.signing_secret)] | None = Field(
        None,
        description="Slack's signing secret: HTTP at /slack/events is served if set.",
        examples=["<32 letters and digits, under Basic Information>"],
    )
    slack_api_url: Annotated[str, AfterValidator(parsing.api_url)] = Field(
        "https://slack.com/api/",
        description="Slack's Web API.",
        examples=["https://slack.com/api/"],
    )
    secret_key: Annotated[SecretStr, _secret(credentials.secret_key)] = Field(
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

    #: The files that secrets were read from, by setting; `load` writes it.
    _files: dict[str, Path] = PrivateAttr(default_factory=dict)

    @property
    def has_chat(self) -> bool:
        """Say whether there is a token for Slack, or a way to one."""
        return self.slack_bot_token is not None or self.slack_token_file is not None

    def note_file(self, name: str, path: Path) -> None:
        """Remember which file a secret was read from."""
        self._files[name] = path

    def file_of(self, name: str) -> Path | None:
        """Return the file that a secret was read from, if it stood in one."""
        return self._files.get(name)

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


def variable(name: str) -> str:
    """Say how the setting is called in the environment."""
    return PREFIX + name.upper()


def is_secret(field: FieldInfo) -> bool:
    """Tell whether the value of a setting must never be shown."""
    return "SecretStr" in str(field.annotation)  # an Annotated one or None hides deep inside


def secrets_of(read: Settings) -> tuple[str, ...]:
    """Return every secret value, for the log to blank; and the passwords in those that are URLs."""
    values = {name: getattr(read, name) for name in Settings.model_fields}
    secrets = {
        name: value.get_secret_value()
        for name, value in values.items()
        if isinstance(value, SecretStr)
    }
    passwords = (urlsplit(secrets[name]).password for name in URLS if name in secrets)
    return (*secrets.values(), *(unquote(each) for each in passwords if each))
