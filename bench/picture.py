"""Draws what the last fan-out measured: `python -m bench.picture` makes the docs' picture."""

import json
from pathlib import Path

from bench.results import KEPT

PICTURE = Path("docs/pictures/performance.svg")
ROW_PX, LABEL_PX, WIDTH_PX = 30, 210, 400


def draw(lines: list[str]) -> str:
    """Draw our rate in each case as a share of the raw sender's in the same minute."""
    measured = [json.loads(line) for line in lines]
    shares = [each["figures"]["of_raw_8"] for each in measured]
    most = max(1.0, *shares)
    bars = []
    for number, (each, share) in enumerate(zip(measured, shares, strict=True)):
        top, width = 44 + number * ROW_PX, share / most * WIDTH_PX
        slow = f", relay {each['delay_ms']} ms" if each["delay_ms"] else ""
        bars.append(
            f'<text x="{LABEL_PX - 8}" y="{top + 14}" text-anchor="end">{each["case"]}{slow}</text>'
            f'<rect x="{LABEL_PX}" y="{top}" width="{width:.0f}" height="20" fill="#2b6c8f"/>'
            f'<text x="{LABEL_PX + width + 6:.0f}" y="{top + 14}">{share:.2f}</text>'
        )
    at = f"M{LABEL_PX + WIDTH_PX / most:.0f} 36"
    height = 60 + len(measured) * ROW_PX
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 {height}" role="img" '
        'font-family="sans-serif" font-size="13">\n'
        "<title>Our rate as a share of a raw sender with eight lines, in the same minute</title>\n"
        f'<rect width="700" height="{height}" fill="#ffffff"/>\n'
        '<text x="12" y="22">Share of what a raw sender with 8 lines does (1 = as fast)</text>\n'
        + "\n".join(bars)
        + f'\n<path d="{at}V{height - 12}" stroke="#888888" stroke-dasharray="4"/>\n</svg>\n'
    )


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(draw((KEPT / "fanout.jsonl").read_text().splitlines()))
