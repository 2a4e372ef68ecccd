"""The sample community: 30 postdocs, 12 mentors and two coordinators, with invented names.

Postdocs and coordinators are in the workspace, mentors are not; two postdocs have not met the bot
yet, so that the first contact can be tried.
"""

import csv
import io
from pathlib import Path

from community.fields import FIELDS
from sandbox.records import Message
from sandbox.showing import Person
from sandbox.workspace import Workspace

PEOPLE = Path(__file__).with_name("people.csv")
#: In the workspace, but not linked: their first command links them.
UNMET = ("clara.weber@example.org", "yusuf.demir@example.org")
#: Where the postdocs talk in chat, and what stands there first.
CHANNEL = "postdoc-chat"
FIRST_WORDS = (
    "elena.petrova@example.org",
    "Does anybody here write a proposal for the Young Talents call? I would like to swap drafts.",
)
LOCALES = {"en": "en-GB", "nb": "nb-NO"}


def rows() -> list[dict[str, str]]:
    """Return the sample community as its CSV file says it."""
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def move_in(workspace: Workspace) -> None:
    """Make members and a channel of everybody who is not a mentor, once."""
    known = {member.email for member in workspace.memory.members.values()}
    for row in rows():
        if row["email"] not in known and "mentor" not in row["roles"]:
            workspace.add_member(
                row["email"].partition("@")[0],
                row["name"],
                row["email"],
                locale=LOCALES[row["language"]],
            )
    if workspace.memory.channel(CHANNEL) is None:
        _begin_talk(workspace)


def _begin_talk(workspace: Workspace) -> None:
    """Open the channel in which the postdocs talk, without the bot, with a first message."""
    ids = _slack_ids(workspace)
    people = [member for email, member in ids.items() if email]
    channel = workspace.add_channel(CHANNEL, members=people, bot=False)
    email, words = FIRST_WORDS
    ts = workspace.memory.new_ts()
    workspace.memory.post(Message(channel=channel.id, ts=ts, user=ids[email], text=words))


def roster(workspace: Workspace) -> str:
    """Return the CSV to import, with the Slack ids of those who have met the bot."""
    ids = _slack_ids(workspace)
    written = io.StringIO()
    writer = csv.DictWriter(written, rows()[0])
    writer.writeheader()
    for row in rows():
        met = row["email"] not in UNMET
        writer.writerow(row | {"slack_id": ids.get(row["email"], "") if met else ""})
    return written.getvalue()


def cast(workspace: Workspace) -> list[Person]:
    """Return the people whom the page lets one act as."""
    ids = _slack_ids(workspace)
    return [
        Person(
            name=row["name"],
            email=row["email"],
            role=row["roles"].replace("member", "postdoc").replace(";", ", "),
            field=", ".join(FIELDS[code].en for code in row["fields"].split(";") if code),
            language=row["language"],
            slack_id=ids.get(row["email"]),
        )
        for row in rows()
    ]


def _slack_ids(workspace: Workspace) -> dict[str, str]:
    return {member.email: member.id for member in workspace.memory.members.values()}
