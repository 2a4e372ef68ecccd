"""Sample mails, as they come over the wire."""

from pathlib import Path

FOLDER = Path(__file__).parent
ODD = tuple(sorted(path.name for path in (FOLDER / "odd").glob("*.eml")))


def mail(name: str) -> bytes:
    """Give a sample's bytes; odd ones are asked for as `odd/…`."""
    return (FOLDER / f"{name.removesuffix('.eml')}.eml").read_bytes()
