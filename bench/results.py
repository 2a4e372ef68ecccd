"""What was measured: as lines of JSON, and as a table for people."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Where the last run of each bench is kept; not in the repository.
KEPT = Path("var/bench")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One measurement and the floors of the same minute."""

    bench: str
    case: str
    delay_ms: int = 0
    figures: Mapping[str, float]

    def line(self) -> str:
        """Write it as one line of JSON."""
        figures = {name: round(value, 3) for name, value in self.figures.items()}
        named = {"bench": self.bench, "case": self.case, "delay_ms": self.delay_ms}
        return json.dumps(named | {"figures": figures})


Columns = tuple[tuple[str, str, str], ...]
#: The columns of the table: heading, figure, how it is written.
COLUMNS: Columns = (
    ("of raw, 8 lines", "of_raw_8", "{:.2f}"),
    ("of aiosmtplib, 10", "of_aiosmtplib_10", "{:.1f}"),
    ("CPU us", "cpu_us", "{:.0f}"),
    ("raw CPU us", "raw_8_cpu_us", "{:.0f}"),
    ("a second", "per_second", "{:,.0f}"),
    ("first, ms", "first_ms", "{:.0f}"),
    ("MB above idle", "above_idle_mb", "{:.1f}"),
    ("missing", "missing", "{:.0f}"),
    ("doubled", "doubled", "{:.0f}"),
)


def show(results: Iterable[Result], *, columns: Columns = COLUMNS) -> list[Result]:
    """Print each result as it comes, keep them in a file, and print the table."""
    KEPT.mkdir(parents=True, exist_ok=True)
    done: list[Result] = []
    for result in results:
        done.append(result)
        print(result.line(), flush=True)
    if done:
        lines = "".join(result.line() + "\n" for result in done)
        (KEPT / f"{done[0].bench}.jsonl").write_text(lines)
    print(table(done, columns))
    return done


def table(results: Iterable[Result], columns: Columns = COLUMNS) -> str:
    """Write results as a Markdown table, ratios first."""
    rows = [
        "| case | relay answers after | " + " | ".join(name for name, _, _ in columns) + " |",
        "|---|---|" + "---|" * len(columns),
    ]
    for result in results:
        cells = (shape.format(result.figures[figure]) for _, figure, shape in columns)
        rows.append(f"| {result.case} | {result.delay_ms} ms | " + " | ".join(cells) + " |")
    return "\n".join(rows)
