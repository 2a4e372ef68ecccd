"""The words of the monthly letter: short, in both languages, and a mail that nobody answers to."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

from community.lists import MailingList
from community.monthly_letters import Month
from community.quotes import own_words
from letters import monthly_letters

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
A_LIST = MailingList(id=1, address="postdocs@lists.example.org", policy_changes={}, created_at=NOW)
JANUARY = Month(
    begins_on=date(2027, 1, 1),
    posts=23,
    threads=9,
    members=60,
    copies=900,
    digests=120,
    by_digest=400,
    held=4,
    median_hold=timedelta(hours=3),
    rule="budget",
    rule_count=5,
)
EMPTY = Month(
    begins_on=date(2027, 1, 1),
    posts=1,
    threads=1,
    members=60,
    copies=60,
    digests=0,
    by_digest=0,
    held=0,
    median_hold=None,
    rule="",
    rule_count=0,
)


def test_the_letter_says_what_the_list_carried() -> None:
    assert monthly_letters.in_words("en", A_LIST, JANUARY) == (
        "postdocs in January 2027:\n"
        "- 23 posts in 9 threads\n"
        "- 17 mails to each member, a digest counted as one\n"
        "- 31 % of what members got came in a digest\n"
        "- 4 posts waited for a moderator, half of them no longer than 3 hours\n"
        "- the rule that spoke most often (5 times): The list carries 4 new "
        "threads a day and 10 mails a week at once; the rest go into the next "
        "digest, in order of arrival.\n"
        "\n"
        "This letter comes once a month, from the list itself. Nobody counts what "
        "you read or write. Whoever coordinates the list can switch it off."
    )


def test_a_quiet_month_makes_a_shorter_letter() -> None:
    assert monthly_letters.in_words("en", A_LIST, EMPTY).startswith(
        "postdocs in January 2027:\n"
        "- 1 post in 1 thread\n"
        "- 1 mail to each member, a digest counted as one\n"
        "\n"
        "This letter comes"
    )


def test_a_letter_is_one_mail_in_both_languages() -> None:
    made = monthly_letters.write(A_LIST, JANUARY, NOW)

    mail = message_from_bytes(made.raw, policy=policy.default)
    assert mail["From"] == "postdocs <postdocs@lists.example.org>"
    assert mail["Reply-To"] == "postdocs-owner@lists.example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == made.message_id == "<month.2027-01.1@lists.example.org>"
    assert mail["Subject"] == "Monthly letter, January 2027 / Månedsbrev, januar 2027"
    body = mail.get_content()
    assert body.replace("\r\n", "\n").strip() == made.text
    assert "postdocs in January 2027:" in body
    assert "postdocs i januar 2027:" in body
    assert own_words(made.text) == made.text  # nothing of it is taken for a signature
