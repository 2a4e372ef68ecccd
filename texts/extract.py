"""Find every message in the code and merge them into the catalogues: `python -m texts.extract`.

Python is read as a syntax tree, so that a sentence which cannot be translated (an f-string, a
sum of strings) is an error here and not English in a Norwegian mail. Templates are read by
Jinja2. `babel.cfg` says which files are read how. Nobody imports this at run time.
"""

import ast
import io
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po

from texts.catalogue import path_of, read
from texts.languages import LANGUAGES, Language

ROOT: Final = Path(__file__).parent.parent

_PACKAGES: Final = (
    "app",
    "bot",
    "community",
    "letters",
    "mailing",
    "sandbox",
    "scheduler",
    "texts",
    "web",
)

#: Which arguments of which call are a message; a subclass of Refusal has one in `__init__`.
_MARKS: Final[dict[str, tuple[int, ...]]] = {
    "say": (1,),
    "say_many": (1, 2),
    "Refusal": (0,),
    "N_": (0,),
}

_HEADER: Final = r"""# What Samband says in {language}.
# `python -m texts.extract` keeps the messages in step with the code.
msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""

#: Line, Babel's name for the kind of call, message or forms, comments.
Found = tuple[int, str | None, str | tuple[str, ...], list[str]]


class Untranslatable(Exception):
    """A sentence is put together before it is translated; fill facts in by `{name}` instead."""


def marked(
    fileobj: IO[bytes],
    keywords: Collection[str],  # Babel's signature
    comment_tags: Collection[str],
    options: dict[str, str],
) -> Iterator[Found]:
    """Yield the messages of a Python file, as Babel asks its extractors to.

    Raises: Untranslatable if a message is no plain string.
    """
    for call, positions in _calls(ast.parse(fileobj.read())):
        if len(call.args) <= positions[-1]:
            continue  # another's `say`, Slack Bolt's for instance
        forms = [_strings_of(call.args[position]) for position in positions]
        kind = "ngettext" if len(forms) > 1 else None
        for strings in zip(*forms, strict=True):
            yield call.lineno, kind, strings if kind else strings[0], []


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, tuple[int, ...]]]:
    """Yield each call that has messages, and which of its arguments they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "Refusal" in map(_name_of, node.bases):
            inits = (call for call in ast.walk(node) if isinstance(call, ast.Call))
            yield from ((call, (0,)) for call in inits if _name_of(call.func) == "__init__")
        elif isinstance(node, ast.Call) and _says_in_own_language(node):
            yield node, (0,)
        elif isinstance(node, ast.Call) and _name_of(node.func) in _MARKS:
            yield node, _MARKS[_name_of(node.func)]


def _says_in_own_language(call: ast.Call) -> bool:
    """Tell whether it is a method `say("…")` of something that knows its reader's language."""
    match call:
        case ast.Call(
            func=ast.Attribute(attr="say"), args=[ast.Constant(value=str() as first), *_]
        ):
            return first not in LANGUAGES
    return False


def found(root: Path = ROOT) -> Catalog:
    """Return every message of the code and the templates under the root, untranslated."""
    with (root / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel's
    catalog = Catalog()
    for package in _PACKAGES:
        for name, line, message, comments, _ in extract_from_dir(
            root / package, methods, options, strip_comment_tags=True
        ):
            catalog.add(message, locations=[(f"{package}/{name}", line)], auto_comments=comments)
    return catalog


def merged(old: Catalog, new: Catalog) -> Catalog:
    """Return the new messages with the translations the old catalogue has for them."""
    old.update(new, no_fuzzy_matching=True)
    old.obsolete.clear()
    return old


def as_po(language: Language, catalog: Catalog) -> str:
    """Return a catalogue as a .po file that changes only when a message does."""
    return _HEADER.format(language=language) + _entries(catalog)


def missing(catalog: Catalog) -> str:
    """Return the messages still without a whole translation, as .po entries to fill in."""
    left = Catalog(locale=catalog.locale)
    for message in catalog:
        if message.id and not is_translated(message):
            left[message.id] = message
    return _entries(left)


def is_translated(message: Message) -> bool:
    """Tell whether every form of the message has its words, and nobody doubts them."""
    forms = [message.string] if isinstance(message.string, str) else message.string or [""]
    return bool(message.id) and all(forms) and not message.fuzzy


def update(language: Language, path: Path, root: Path = ROOT) -> str:
    """Bring a .po file in step with the code under the root; return what it does not say yet."""
    catalog = merged(read(path, language), found(root))
    path.write_text(as_po(language, catalog), "utf-8")
    return missing(catalog)


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _strings_of(argument: ast.expr) -> tuple[str, ...]:
    """Return the strings that the argument can be; none if they are marked elsewhere."""
    match argument:
        case ast.Constant(value=str() as text):
            return (text,)
        case ast.IfExp(body=body, orelse=orelse):
            return _strings_of(body) + _strings_of(orelse)
        case ast.JoinedStr() | ast.BinOp():
            raise Untranslatable(f"line {argument.lineno}: {ast.unparse(argument)}")
    return ()


def _entries(catalog: Catalog) -> str:
    written = io.BytesIO()
    write_po(written, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return written.getvalue().decode("utf-8")


if __name__ == "__main__":  # pragma: no cover  # would rewrite our own catalogues
    for each in LANGUAGES[1:]:
        sys.stdout.write(update(each, path_of(each)))
