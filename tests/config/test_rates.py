"""How fast mail may leave, as settings say it."""

from config.loading import load


def test_rates_are_read_as_mails_a_second() -> None:
    read = load(
        {
            "SAMBAND_SECRET_KEY": "k" * 32,
            "SAMBAND_DATABASE_URL": "sqlite:///x.db",
            "SAMBAND_MAIL_CONNECTIONS": "12",
            "SAMBAND_MAIL_RATE": "600/min",
            "SAMBAND_DOMAIN_RATES": "Gmail.com=5/s, example.org=1800/h,",
        },
        env_file=None,
    )

    assert (read.mail_connections, read.mail_rate) == (12, 10.0)
    assert read.domain_rates == {"gmail.com": 5.0, "example.org": 0.5}


def test_without_settings_nothing_is_held_back() -> None:
    read = load(
        {"SAMBAND_SECRET_KEY": "k" * 32, "SAMBAND_DATABASE_URL": "sqlite:///x.db"}, env_file=None
    )

    assert (read.mail_connections, read.mail_rate, read.domain_rates) == (50, None, {})
