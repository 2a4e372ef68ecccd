"""Paragraphs whose lines were broken to travel, made whole again (`format=flowed`, RFC 3676 §4).

Thunderbird and Apple Mail write so. What is quoted stays quoted, each depth by itself.
"""

_SIGNATURE = "-- "


def joined(text: str, *, drops_blanks: bool) -> str:
    """Join the lines that flow into the next; lines end in LF.

    `drops_blanks` (`delsp=yes`): the blank that ends such a line is none of the text's own.
    """
    lines = text.split("\n")
    paragraphs: list[tuple[int, list[str]]] = []
    flows = False
    for at, line in enumerate(lines):
        depth, words = _cut(line)
        # A blank before an empty line, or before who wrote what, is one that somebody has typed.
        is_own = words in ("", _SIGNATURE) or _is_above_a_quote(lines, at)
        if flows and not is_own and paragraphs[-1][0] == depth:
            paragraphs[-1][1].append(words)
        else:
            paragraphs.append((depth, [words]))
        flows = words.endswith(" ") and words != _SIGNATURE
        if flows and drops_blanks:
            paragraphs[-1][1][-1] = words[:-1]
    return "\n".join(_written(depth, "".join(pieces)) for depth, pieces in paragraphs)


def _is_above_a_quote(lines: list[str], at: int) -> bool:
    below = next((line for line in lines[at + 1 : at + 3] if line), "")
    return lines[at].endswith(":") and below.startswith(">") and not lines[at].startswith(">")


def _cut(line: str) -> tuple[int, str]:
    """Take off the marks of a quote, and the blank that only keeps others from standing first."""
    words = line.lstrip(">")
    return len(line) - len(words), words.removeprefix(" ")


def _written(depth: int, words: str) -> str:
    if words != _SIGNATURE:
        words = words.rstrip(" ")
    marks = ">" * depth
    return f"{marks} {words}" if depth and words else f"{marks}{words}"
