from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment
from jinja2.exceptions import TemplateRuntimeError, UndefinedError
from markupsafe import Markup

from texts.templates import environment, render

OSLO = ZoneInfo("Europe/Oslo")
START = datetime(2026, 12, 1, 10, 0, tzinfo=OSLO)
END = datetime(2026, 12, 1, 11, 0, tzinfo=OSLO)


def house_of(folder: Path, **templates: str) -> Environment:
    for name, text in templates.items():
        (folder / name.replace("_", ".")).write_text(text)
    return environment(folder)


def test_render_escapes_html_and_leaves_text_alone(tmp_path: Path) -> None:
    line = "{{ x }} {% trans x=x %}Hi {{ x }}{% endtrans %} {{ _('Bye %(x)s', x=x) }}"
    templates = house_of(tmp_path, a_html=line, a_txt=line)

    html, text = (render(templates, name, "en", x="<b>") for name in ("a.html", "a.txt"))

    assert html == "&lt;b&gt; Hi &lt;b&gt; Bye &lt;b&gt;"
    assert text == "<b> Hi <b> Bye <b>"


def test_trans_leaves_markup_whole_and_percent_signs_alone(tmp_path: Path) -> None:
    templates = house_of(tmp_path, a_html="{% trans x=x %}100 % of {{ x }}{% endtrans %}")

    html = render(templates, "a.html", "en", x=Markup("<b>us</b>"))

    assert html == "100 % of <b>us</b>"


def test_trans_is_one_line_whatever_the_template_looks_like(tmp_path: Path) -> None:
    templates = house_of(tmp_path, a_txt="{% trans %}\n  Two\n  lines\n{% endtrans %}")

    assert render(templates, "a.txt", "nb") == "Two lines"


def test_trans_says_facts_as_the_reader_writes_them(tmp_path: Path) -> None:
    line = "{% trans on=on, n=n %}By {{ on }}. We are {{ n }}.{% endtrans %}"
    templates = house_of(tmp_path, a_txt=line)

    said = [
        render(templates, "a.txt", language, on=date(2026, 12, 1), n=0.5)
        for language in ("en", "nb")
    ]

    assert said == ["By Tue 1 Dec. We are 0.5.", "By tir. 1. des. We are 0,5."]


@pytest.mark.parametrize(("seats", "said"), [(1, "A seat"), (3, "3 seats")])
def test_pluralize_takes_the_form_for_n(tmp_path: Path, seats: int, said: str) -> None:
    line = "{% trans n=seats %}A seat{% pluralize %}{{ n }} seats{% endtrans %}"

    assert render(house_of(tmp_path, a_txt=line), "a.txt", "nb", seats=seats) == said


def test_filters_speak_the_language(tmp_path: Path) -> None:
    templates = house_of(
        tmp_path,
        a_txt=(
            "{{ start|moment }} / {{ start|moment(year=true) }} / {{ start|day }} / "
            "{{ start|clock_time }} / {{ start|span(end) }} / {{ 0.5|number }} / "
            "{{ ['A', 'B']|listed }} / {{ language }}"
        ),
    )

    said = [render(templates, "a.txt", lang, start=START, end=END) for lang in ("en", "nb")]

    assert said == [
        "Tue 1 Dec, 10:00 / Tue 1 Dec 2026, 10:00 / Tue 1 Dec / 10:00 / "
        "Tue 1 Dec, 10:00–11:00 / 0.5 / A and B / en",
        "tir. 1. des. kl. 10.00 / tir. 1. des. 2026 kl. 10.00 / tir. 1. des. / 10.00 / "
        "tir. 1. des. kl. 10.00–11.00 / 0,5 / A og B / nb",
    ]


def test_a_moment_that_is_not_local_is_refused_in_trans(tmp_path: Path) -> None:
    templates = house_of(tmp_path, a_txt="{% trans at=at %}At {{ at }}{% endtrans %}")

    with pytest.raises(ValueError, match="not local"):
        render(templates, "a.txt", "en", at=datetime(2026, 12, 1, tzinfo=UTC))


def test_a_missing_value_is_refused(tmp_path: Path) -> None:
    templates = house_of(tmp_path, a_txt="{% trans x=x %}Hi {{ x }}{% endtrans %}")

    with pytest.raises(UndefinedError, match="'x' is undefined"):
        render(templates, "a.txt", "en")


def test_a_macro_speaks_when_imported_with_context(tmp_path: Path) -> None:
    templates = house_of(
        tmp_path,
        m_txt="{% macro at(when) %}{{ _('At %(when)s', when=when) }}{% endmacro %}",
        a_txt="{% from 'm.txt' import at with context %}{{ at(start) }}",
        b_txt="{% from 'm.txt' import at %}{{ at(start) }}",
    )

    assert render(templates, "a.txt", "nb", start=START) == "At tir. 1. des. kl. 10.00"
    with pytest.raises(TemplateRuntimeError, match="with context"):
        render(templates, "b.txt", "nb", start=START)


def test_the_first_folder_that_has_a_template_wins(tmp_path: Path) -> None:
    for folder in ("own", "shared"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(folder)
    (tmp_path / "shared" / "b.txt").write_text("only here")
    templates = environment(tmp_path / "own", tmp_path / "shared")

    assert [render(templates, name, "en") for name in ("a.txt", "b.txt")] == ["own", "only here"]
