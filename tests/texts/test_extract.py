import io
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from texts import extract
from texts.catalogue import read

PYTHON = """
import texts
REASON = N_("Reason")

def show(language, n):
    texts.say(language, "Said in "
                        "two parts", name="not this")
    say(lang(1, 2), "Yes" if n else "No")
    say_many(language, "one seat", "{n} seats", n)
    raise errors.Refusal("Refused: {why}.", why="nor this")

class NotNow(Refusal):
    def __init__(self):
        super().__init__("Not now.")
        print("nothing")

async def bolt(say):
    await say("to Slack")
    say(language, refusal.message)
    turn.say("Done by {name}.", name="nobody")
    texts.say("en", "Told.")
    table["x"]("nothing")
"""
PAGE = """
<p>{% trans name=person.name %}
     Hello
     {{ name }}
   {% endtrans %} {{ _("Bye") }}</p>
{% trans n=seats|length %}A seat{% pluralize %}{{ n }} seats{% endtrans %}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with a page in `web` and code in `bot`."""
    shutil.copy(extract.ROOT / "babel.cfg", tmp_path)
    for package in ("bot", "web"):
        (tmp_path / package).mkdir()
    (tmp_path / "bot" / "meetups.py").write_text(PYTHON)
    (tmp_path / "web" / "page.html").write_text(PAGE)
    return tmp_path


def test_found_is_every_message_of_code_and_templates(house: Path) -> None:
    ids = {message.id for message in extract.found(house) if message.id}

    assert ids == {
        "Reason",
        "Said in two parts",
        "Yes",
        "No",
        ("one seat", "{n} seats"),
        "Refused: {why}.",
        "Not now.",
        "Done by {name}.",
        "Told.",
        "Hello %(name)s",
        "Bye",
        ("A seat", "%(n)s seats"),
    }


@pytest.mark.parametrize(
    "call", ['say(l, f"Hello {x}")', 'Refusal("Hello " + x)', 'N_("Hello %s" % x)']
)
def test_marked_refuses_a_message_put_together_before_translation(call: str) -> None:
    with pytest.raises(extract.Untranslatable, match="line 1"):
        list(extract.marked(io.BytesIO(call.encode()), (), (), {}))


def test_merged_keeps_words_and_drops_orphans() -> None:
    old, new = Catalog(locale="nb"), Catalog()
    old.add("Yes", "Ja")
    old.add("Gone", "Borte")
    new.add("Yes")
    new.add("No")

    merged = extract.merged(old, new)

    assert {m.id: m.string or "" for m in merged if m.id} == {"Yes": "Ja", "No": ""}
    assert not merged.obsolete


def test_missing_is_what_has_no_whole_words_ready_to_paste() -> None:
    catalog = Catalog(locale="nb")
    catalog.add("Yes", "Ja")
    catalog.add("No", "Nei?", flags=["fuzzy"])
    catalog.add("Maybe")
    catalog.add(("seat", "seats"), ("plass", ""))
    catalog.add(("post", "posts"), ("innlegg", "innlegg"))

    assert extract.missing(catalog) == (
        'msgid "Maybe"\nmsgstr ""\n\n'
        '#, fuzzy\nmsgid "No"\nmsgstr "Nei?"\n\n'
        'msgid "seat"\nmsgid_plural "seats"\nmsgstr[0] "plass"\nmsgstr[1] ""\n\n'
    )


def test_update_changes_nothing_the_second_time(house: Path) -> None:
    path = house / "samband.po"

    missing = extract.update("nb", path, house)
    first = path.read_text("utf-8")
    extract.update("nb", path, house)

    assert path.read_text("utf-8") == first
    assert missing.count("msgid ") == 12
    assert "bot/meetups.py\n" in first


def test_update_keeps_the_words_somebody_wrote(house: Path) -> None:
    path = house / "samband.po"
    extract.update("nb", path, house)
    path.write_text(
        path.read_text("utf-8").replace('msgid "Yes"\nmsgstr ""', 'msgid "Yes"\nmsgstr "Jø"'),
        "utf-8",
    )

    missing = extract.update("nb", path, house)

    assert 'msgid "Yes"' not in missing
    assert [m.string for m in read(path, "nb") if m.id == "Yes"] == ["Jø"]
