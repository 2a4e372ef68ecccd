"""Jinja2 templates that speak: `{% trans %}` and `_()`, days and numbers as the reader writes them.

Mail, pages and the sandbox each make one environment of their own folders and render with the
reader's language. A macro that speaks is imported `with context`, which carries the language.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import Context
from markupsafe import Markup

from texts import moments
from texts.catalogue import catalogue
from texts.languages import LANGUAGES, Language
from texts.words import in_words


def environment(*folders: Path) -> Environment:
    """Return an environment over the folders: HTML is escaped, text is not, gaps are errors."""
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(("html",), ("txt",), default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.policies["ext.i18n.trimmed"] = True
    # The extension's own callables would fill in facts by `str`; ours say them like `say`.
    made.newstyle_gettext = True  # type: ignore[attr-defined]  # set by the extension
    made.globals.update(gettext=_gettext, ngettext=_ngettext)
    made.filters.update(
        clock_time=_clock_time,
        day=_day,
        listed=_listed,
        moment=_moment,
        number=_number,
        span=_span,
    )
    return made


def render(environment: Environment, name: str, language: Language, /, **values: object) -> str:
    """Return the template filled for a reader; `language` is one of its values too."""
    return environment.get_template(name).render(values, language=language)


@pass_context
def _gettext(context: Context, message: str, /, **facts: object) -> str:
    return _filled(context, catalogue(_language(context)).gettext(message), facts)


@pass_context
def _ngettext(context: Context, one: str, many: str, n: int, /, **facts: object) -> str:
    message = catalogue(_language(context)).ngettext(one, many, n)
    return _filled(context, message, {"num": n, **facts})


def _filled(context: Context, message: str, facts: dict[str, object]) -> str:
    words: dict[str, str] = {}
    for name, fact in facts.items():
        words[name] = fact if isinstance(fact, Markup) else in_words(_language(context), fact)
        if isinstance(fact, date) and words[name].endswith("."):
            message = message.replace(f"%({name})s.", f"%({name})s")  # one full stop, not two
    # The message is ours; Markup escapes the words that go into it.
    return Markup(message) % words if context.eval_ctx.autoescape else message % words  # noqa: S704


def _language(context: Context) -> Language:
    found = context.get("language")
    for language in LANGUAGES:
        if found == language:
            return language
    raise TemplateRuntimeError(
        f"{context.name} has no language: render it with one, import macros `with context`"
    )


@pass_context
def _moment(context: Context, when: datetime, *, year: bool = False) -> str:
    return moments.moment(_language(context), when, year=year)


@pass_context
def _day(context: Context, when: date, *, year: bool = False) -> str:
    return moments.day(_language(context), when, year=year)


@pass_context
def _clock_time(context: Context, when: datetime | time) -> str:
    return moments.clock_time(_language(context), when)


@pass_context
def _span(context: Context, start: datetime, end: datetime, *, year: bool = False) -> str:
    return moments.span(_language(context), start, end, year=year)


@pass_context
def _number(context: Context, value: int | float) -> str:
    return moments.number(_language(context), value)


@pass_context
def _listed(context: Context, items: Sequence[str]) -> str:
    return moments.listed(_language(context), items)
