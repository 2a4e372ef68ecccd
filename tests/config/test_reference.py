from config.loading import load
from config.reference import as_env_example, as_table
from config.settings import Settings, variable


def test_env_example_can_be_used_line_by_line() -> None:
    shown = [line[1:] for line in as_env_example().splitlines() if line.startswith("#SAMBAND_")]
    environ = dict(line.split("=", 1) for line in shown)

    load(environ | {"SAMBAND_SECRET_KEY": "k" * 32}, env_file=None)

    assert list(environ) == [variable(name) for name in Settings.model_fields]
    assert environ["SAMBAND_SECRET_KEY"] == ""


def test_table_says_which_settings_are_secret() -> None:
    rows = [row for row in as_table().splitlines() if "**Secret.**" in row]

    assert [row.split("`")[1] for row in rows] == [
        "SAMBAND_DATABASE_URL",
        "SAMBAND_MAIL_TOKEN",
        "SAMBAND_IMAP_URL",
        "SAMBAND_SMTP_RELAY",
        "SAMBAND_DKIM_KEY",
        "SAMBAND_SLACK_BOT_TOKEN",
        "SAMBAND_SLACK_REFRESH_TOKEN",
        "SAMBAND_SLACK_CLIENT_SECRET",
        "SAMBAND_SLACK_APP_TOKEN",
        "SAMBAND_SLACK_SIGNING_SECRET",
        "SAMBAND_SECRET_KEY",
    ]
