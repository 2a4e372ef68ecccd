import os
import stat
from pathlib import Path

import pytest

from config import loading, settings
from config.loading import WrongSettings, load
from config.parsing import Endpoint
from config.settings import OWN_SECRET_KEY

KEY = "k" * 32
#: A value that no output may contain.
CANARY = "canary-4711-canary"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(**values: str) -> dict[str, str]:
    """Make an environment in which only the secret key and `values` are set."""
    key = {"SAMBAND_SECRET_KEY": KEY}
    return key | {f"SAMBAND_{name.upper()}": value for name, value in values.items()}


def lines(environ: dict[str, str]) -> list[str]:
    with pytest.raises(WrongSettings) as wrong:
        load(environ)
    return wrong.value.lines


def test_load_gives_working_values_when_nothing_is_set() -> None:
    read = load({})

    assert read.database_url.get_secret_value() == "sqlite:///var/samband.db"
    assert read.lmtp_listen == Endpoint("127.0.0.1", 8024)
    assert read.smtp_relay.get_secret_value() == "smtp://127.0.0.1:25"
    assert read.public_url == "http://127.0.0.1:8000"
    assert read.mail_from == "samband@localhost"
    assert (read.timezone, read.default_language) == ("Europe/Oslo", "en")
    assert read.slack_bot_token is None


def test_load_makes_a_key_once_that_only_we_can_read_when_the_database_is_the_default() -> None:
    first, second = load({}, makes_key=True), load({})

    assert len(first.secret_key.get_secret_value()) >= 32
    assert first.secret_key == second.secret_key
    assert stat.S_IMODE(OWN_SECRET_KEY.stat().st_mode) == 0o600
    assert [path.name for path in OWN_SECRET_KEY.parent.iterdir()] == ["secret-key"]


def test_load_keeps_no_key_when_it_is_asked_by_what_makes_no_database(empty_folder: Path) -> None:
    key = load({}).secret_key.get_secret_value()

    assert len(key) >= 32
    assert list(empty_folder.iterdir()) == []


def test_load_makes_no_second_key_beside_a_database_that_is_there(empty_folder: Path) -> None:
    load({}, makes_key=True)
    (empty_folder / "var" / "samband.db").touch()
    kept = load({}).secret_key
    OWN_SECRET_KEY.rename("elsewhere")

    [line] = lines({})
    given_one = load({"SAMBAND_SECRET_KEY": KEY})
    Path("elsewhere").rename(OWN_SECRET_KEY)

    assert line.startswith("SAMBAND_SECRET_KEY: is not set, and var/secret-key is gone")
    assert "Put it back from the backup." in line
    assert given_one.secret_key.get_secret_value() == KEY
    assert load({}).secret_key == kept


def test_load_reads_where_the_web_server_is() -> None:
    read = load(given(trusted_proxies="10.0.0.7, 172.17.0.0/16,2001:db8::/32"))

    assert load({}).trusted_proxies == ("127.0.0.1", "::1")
    assert read.trusted_proxies == ("10.0.0.7", "172.17.0.0/16", "2001:db8::/32")
    [line] = lines(given(trusted_proxies="proxy.example.org"))
    assert line.startswith("SAMBAND_TRUSTED_PROXIES: 'proxy.example.org' is not a list of")


def test_load_asks_for_a_key_when_the_database_is_not_the_default() -> None:
    [line] = lines({"SAMBAND_DATABASE_URL": "postgresql://samband@db/samband"})

    assert line == (
        "SAMBAND_SECRET_KEY: is missing; it signs links and sign-ins; for example: "
        '<what this prints: python3 -c "import secrets; print(secrets.token_urlsafe(32))">'
    )
    assert not OWN_SECRET_KEY.exists()


def test_load_takes_the_environment_before_the_file(empty_folder: Path) -> None:
    (empty_folder / ".env").write_text(
        f"SAMBAND_DOMAIN=file.example.org\nSAMBAND_SECRET_KEY='{KEY}'\nPATH=/nowhere\n"
        "SAMBAND_TIMEZONE=Arctic/Longyearbyen\nSAMBAND_AUTHSERV_ID=\n"
    )

    read = load({"SAMBAND_DOMAIN": "Lists.Example.ORG", "HOME": "/root"})

    assert read.domain == "lists.example.org"
    assert read.mail_from == "samband@lists.example.org"
    assert read.timezone == "Arctic/Longyearbyen"
    assert read.authserv_id is None


def test_load_reads_a_secret_from_the_file_that_is_named(empty_folder: Path) -> None:
    (empty_folder / "relay").write_text("smtps://u:p@relay.example.org\n")

    read = load(given(smtp_relay_file=str(empty_folder / "relay")))

    assert read.smtp_relay.get_secret_value() == "smtps://u:p@relay.example.org"


def test_load_names_the_file_that_cannot_be_read() -> None:
    assert lines(given(slack_bot_token_file="/no/such/file")) == [
        "SAMBAND_SLACK_BOT_TOKEN_FILE: the file '/no/such/file' cannot be read: "
        "No such file or directory."
    ]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("lmtp_listen", "8024", "'8024' is not a host and a port; for example: 127.0.0.1:8024"),
        ("web_listen", "::1:80", "'::1:80' an IPv6 address needs brackets; for example: "),
        ("web_listen", "h:65536", "'h:65536' is not a host and a port; for example: "),
        ("public_url", "samband.no", "'samband.no' is not a web address that begins with "),
        ("public_url", "https://h/?a=1", "'https://h/?a=1' may have no login, '?' or '#'; "),
        ("domain", "a@b.no", "'a@b.no' is not a domain name; for example: lists.example.org"),
        ("mail_from", "samband", "'samband' is not an e-mail address; for example: samband@"),
        ("timezone", "Mars", "'Mars' is not a known time zone; for example: Europe/Oslo"),
        ("timezone", "../../etc/passwd", "'../../etc/passwd' is not a known time zone; "),
        ("default_language", "se", "'se' should be 'en' or 'nb'; for example: nb"),
        ("log_format", "xml", "'xml' should be 'auto', 'console' or 'json'; for example: json"),
        ("max_message_bytes", "10MB", "'10MB' is not a whole number of bytes; for example: "),
        ("max_message_bytes", "10", "'10' is not between 65536 and 104857600; for example: "),
        ("mail_connections", "1", "'1' is not between 2 and 500; for example: 50"),
        ("mail_connections", "many", "'many' is not a whole number of lines; for example: 50"),
        ("mail_rate", "5", "'5' is not a rate such as 20/s, 600/min or 1000/h; for example: "),
        ("domain_rates", "a.no=0/s", "'a.no=0/s' is not a rate such as 20/s, 600/min or 1000/"),
        ("domain_rates", "5/s", "'5/s' is not a domain name; for example: gmail.com=5/s, "),
        ("service_name", "x" * 41, f"'{'x' * 41}' is empty, longer than 40 characters or "),
        ("database_url", "mysql://h/d", "is not a SQLite or PostgreSQL URL; for example: postg"),
        ("database_url", "sqlite://", "names no file; a database in memory would forget "),
        ("smtp_relay", "mail.example.org", "does not begin with smtp://host or smtps://host; "),
        ("smtp_relay", "smtp://h:x", "has a wrong host or port; for example: smtp://user:"),
        ("smtp_relay", "smtp://u@h", "needs a user and a password, or neither; for example: "),
        ("smtp_relay", "smtp://u:p@h?starttls=never", "would send the password unencrypted; "),
        ("smtp_relay", "smtp://h?tls=1", "knows only ?starttls=required, opportunistic or "),
        ("slack_bot_token", "xapp-1", "is no bot token, which begins with xoxb-; for example: "),
        ("slack_bot_token", "xoxe.xoxb-1", "expires; set SAMBAND_SLACK_TOKEN_FILE and what "),
        ("slack_refresh_token", "xoxb-1", "is no refresh token, which begins with xoxe-; "),
        ("slack_client_id", "A012", "'A012' is no client ID, which is two numbers with a "),
        ("slack_client_secret", "short", "is no client secret, which is 32 letters and "),
        (
            "slack_token_file",
            "/no/where/file",
            "'/no/where/file' is a folder, or in a folder that ",
        ),
        ("slack_app_token", "xoxb-1", "is no app-level token, which begins with xapp-; "),
        ("slack_signing_secret", "abc", "is no signing secret, which is 32 letters and "),
        ("slack_api_url", "slack.com", "'slack.com' is not a web address that begins with "),
        ("secret_key", "short", "is shorter than 32 characters; for example: <what this prints"),
    ],
)
def test_load_says_in_one_line_what_is_wrong(name: str, value: str, line: str) -> None:
    [said] = lines(given() | {f"SAMBAND_{name.upper()}": value})

    assert said.startswith(f"SAMBAND_{name.upper()}: {line}")
    assert "\n" not in said


def test_load_names_every_wrong_variable_at_once() -> None:
    said = lines(given(domain="?", timezone="Mars", databse_url="x", colour="red"))

    assert [line.split(":")[0] for line in said] == [
        "SAMBAND_DATABSE_URL",
        "SAMBAND_COLOUR",
        "SAMBAND_DOMAIN",
        "SAMBAND_TIMEZONE",
    ]
    assert said[0].endswith("no such setting; did you mean SAMBAND_DATABASE_URL?")
    assert said[1].endswith("no such setting; see .env.example for those that exist.")


def test_load_calls_no_key_missing_that_would_be_made(empty_folder: Path) -> None:
    with pytest.raises(WrongSettings) as wrong:
        load({"SAMBAND_DOMIAN": "lists.example.org"}, None)

    assert [line.split(":")[0] for line in wrong.value.lines] == ["SAMBAND_DOMIAN"]
    assert list(empty_folder.iterdir()) == []


def test_load_finds_slack_settings_that_do_not_fit_together() -> None:
    alone = lines(given(slack_bot_token="xoxb-1"))
    without = lines(given(slack_app_token="xapp-1"))

    assert alone == [
        "SAMBAND_SLACK_BOT_TOKEN: needs a way for Slack to reach us; set "
        "SAMBAND_SLACK_APP_TOKEN (Socket Mode) or SAMBAND_SLACK_SIGNING_SECRET (HTTP)."
    ]
    assert without == [
        "SAMBAND_SLACK_BOT_TOKEN: is missing, but Slack is set up; for example: xoxb-..."
    ]


def test_a_token_that_expires_needs_all_that_renews_it(tmp_path: Path) -> None:
    file = tmp_path / "token.json"
    client = {"slack_client_id": "214.691", "slack_client_secret": "c" * 32}
    first = {"slack_refresh_token": "xoxe-1-a"}
    rotation = {"slack_token_file": str(file), "slack_app_token": "xapp-1"}

    read = load(given(**rotation, **client, **first))
    missing = lines(given(**rotation))
    both = lines(given(**rotation, **client, **first, slack_bot_token="xoxb-1"))
    alone = lines(given(**client, **first))
    file.write_text("{}")
    begun = load(given(**rotation, **client))

    assert (read.has_chat, read.slack_token_file, begun.slack_refresh_token) == (True, file, None)
    names = ["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"]
    assert missing == [
        f"SAMBAND_SLACK_{name}: is missing; {file} is written with it." for name in names
    ]
    assert both == [
        "SAMBAND_SLACK_BOT_TOKEN: is one that does not expire, and SAMBAND_SLACK_TOKEN_FILE "
        "keeps one that does; set one of them."
    ]
    assert alone == [
        f"SAMBAND_SLACK_{name}: is for a token that expires; set SAMBAND_SLACK_TOKEN_FILE too, "
        "or leave this out."
        for name in names
    ]


def test_it_is_known_which_file_a_secret_was_read_from(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("xoxb-1\n")
    chat = {"slack_bot_token_file": str(file), "slack_app_token": "xapp-1"}

    in_file = load(given(**chat))
    beside = load(given(**chat, slack_bot_token="xoxb-2"))

    assert in_file.file_of("slack_bot_token") == file
    assert beside.file_of("slack_bot_token") is None
    assert (in_file.file_of("secret_key"), str(file) in repr(in_file)) == (None, False)


def test_no_secret_is_shown_whether_it_is_right_or_wrong() -> None:
    right = load(
        given(
            slack_token_file="token.json",
            slack_refresh_token=f"xoxe-{CANARY}",
            slack_client_id="1.2",
            slack_client_secret=CANARY.replace("-", ""),
            slack_app_token=f"xapp-{CANARY}",
            smtp_relay=f"smtp://u:{CANARY}@h",
            database_url=f"postgresql://u:{CANARY}@h/d",
            secret_key=CANARY * 2,
            mail_token=CANARY * 3,
            imap_url=f"imaps://u:{CANARY}@h",
            dkim_key=f"-----BEGIN PRIVATE KEY-----\\n{CANARY}\\n-----END PRIVATE KEY-----",
            dkim_selector="s1",
        )
    )
    secret = [
        name for name, field in settings.Settings.model_fields.items() if settings.is_secret(field)
    ]
    wrong = [lines(given() | {settings.variable(name): f"\n{CANARY[:12]}"}) for name in secret]

    shown = f"{right!r} {right} {right.model_dump()} {right.model_dump_json()}"
    assert CANARY not in shown.replace(CANARY.replace("-", ""), CANARY)
    assert CANARY[:12] not in str(wrong)
    assert len(secret) == 11


def test_the_password_in_an_address_is_blanked_too_as_libraries_say_it() -> None:
    read = load(given(smtp_relay="smtps://u:p%40ssword-4711@h", imap_url="imaps://u:geheim-4711@h"))

    assert {"p@ssword-4711", "geheim-4711"} <= set(settings.secrets_of(read))


def test_load_says_which_key_file_cannot_be_written(empty_folder: Path) -> None:
    (empty_folder / "var").write_text("not a folder")

    with pytest.raises(WrongSettings) as wrong:
        load({}, makes_key=True)

    [line] = wrong.value.lines
    assert line.startswith("SAMBAND_SECRET_KEY: is not set, and var/secret-key: ")


def test_load_reads_the_process_environment_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SAMBAND_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SAMBAND_SECRET_KEY", KEY)
    monkeypatch.setenv("SAMBAND_DOMAIN", "here.example.org")

    assert load(env_file=None).domain == "here.example.org"


@pytest.mark.parametrize(
    ("domain", "own"),
    [
        ("lists.example.org", ("example.org",)),
        ("example.org", ("example.org",)),
        ("lists.uni.ac.uk", ("uni.ac.uk",)),
        ("uni.ac.uk", ("uni.ac.uk",)),
        ("lists.uio.no", ("uio.no",)),
        ("localhost", ("localhost",)),
    ],
)
def test_our_own_domain_is_the_one_above_the_lists(domain: str, own: tuple[str, ...]) -> None:
    assert load(given(domain=domain)).own_domains == own


def test_own_domains_are_separated_by_commas() -> None:
    assert load(given(own_domains=" Example.ORG, example.net ,")).own_domains == (
        "example.org",
        "example.net",
    )
    [line] = lines(given(own_domains="example.org, not a domain"))
    assert line.startswith("SAMBAND_OWN_DOMAINS: 'example.org, not a domain' is not a domain name")


def test_a_signing_key_comes_from_a_file_and_wants_a_selector(tmp_path: Path) -> None:
    pem = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"
    path = tmp_path / "dkim.pem"
    path.write_text(pem)

    read = load(given(dkim_key_file=str(path), dkim_selector="S1", domain="lists.example.org"))

    assert read.dkim_key is not None
    assert read.dkim_key.get_secret_value() == pem
    assert (read.dkim_selector, read.dkim_domain) == ("s1", "lists.example.org")
    assert CANARY not in repr(read)
    [line] = lines(given(dkim_key_file=str(path)))
    assert line.startswith("SAMBAND_DKIM_SELECTOR: a key and a selector belong together")


def test_secret_files_are_named_by_their_variables(tmp_path: Path) -> None:
    environ = given(dkim_key_file="/a/key", smtp_relay="smtp://x", imap_url_file=" ")

    assert loading.secret_files(environ, None) == {"SAMBAND_DKIM_KEY_FILE": Path("/a/key")}
