"""The fields of research: the 42 groups of OECD FORD 2015, and how near one is to another.

People name their fields by these; meetups, rounds and mentor matching ask for nearness. The
names are values here, in both languages, because a field's name is what it is, not a sentence.

Source: Frascati Manual 2015, table 2.2 (codes and names).
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from community.errors import Refusal

#: The least nearness that counts as related.
RELATED: Final = 0.25

_SAME_GROUP: Final = 1.0
_SAME_AREA: Final = 0.5
_BRIDGED: Final = RELATED


@dataclass(frozen=True, kw_only=True)
class Area:
    """One of the six broad areas; the groups of an area begin with its digit."""

    code: str
    en: str
    nb: str

    def name(self, language: str) -> str:
        """Return the name in the language."""
        return self.nb if language == "nb" else self.en


@dataclass(frozen=True, kw_only=True)
class Field:
    """A group of research fields, `1.2` for instance."""

    code: str
    en: str
    nb: str

    @property
    def area(self) -> Area:
        """Return the broad area that the group belongs to."""
        return AREAS[_area_code(self.code)]

    def name(self, language: str) -> str:
        """Return the name in the language."""
        return self.nb if language == "nb" else self.en


AREAS: Final[dict[str, Area]] = {
    code: Area(code=code, en=en, nb=nb)
    for code, en, nb in (
        ("1", "Natural sciences", "Matematikk og naturvitenskap"),
        ("2", "Engineering and technology", "Teknologi"),
        ("3", "Medical and health sciences", "Medisin og helsefag"),
        ("4", "Agricultural and veterinary sciences", "Landbruksfag og veterinærmedisin"),
        ("5", "Social sciences", "Samfunnsvitenskap"),
        ("6", "Humanities and the arts", "Humaniora og kunstfag"),
    )
}

FIELDS: Final[dict[str, Field]] = {
    code: Field(code=code, en=en, nb=nb)
    for code, en, nb in (
        ("1.1", "Mathematics", "Matematikk"),
        ("1.2", "Computer and information sciences", "Informatikk og informasjonsvitenskap"),
        ("1.3", "Physical sciences", "Fysikk"),
        ("1.4", "Chemical sciences", "Kjemi"),
        ("1.5", "Earth and related environmental sciences", "Geofag og miljøvitenskap"),
        ("1.6", "Biological sciences", "Biologi"),
        ("1.7", "Other natural sciences", "Andre naturvitenskapelige fag"),
        ("2.1", "Civil engineering", "Bygg- og anleggsteknikk"),
        (
            "2.2",
            "Electrical engineering, electronic engineering, information engineering",
            "Elektroteknikk, elektronikk og informasjonsteknikk",
        ),
        ("2.3", "Mechanical engineering", "Maskinteknikk"),
        ("2.4", "Chemical engineering", "Kjemisk prosessteknologi"),
        ("2.5", "Materials engineering", "Materialteknologi"),
        ("2.6", "Medical engineering", "Medisinsk teknologi"),
        ("2.7", "Environmental engineering", "Miljøteknologi"),
        ("2.8", "Environmental biotechnology", "Miljøbioteknologi"),
        ("2.9", "Industrial biotechnology", "Industriell bioteknologi"),
        ("2.10", "Nano-technology", "Nanoteknologi"),
        ("2.11", "Other engineering and technologies", "Andre teknologiske fag"),
        ("3.1", "Basic medicine", "Basale medisinske fag"),
        ("3.2", "Clinical medicine", "Kliniske medisinske fag"),
        ("3.3", "Health sciences", "Helsefag"),
        ("3.4", "Medical biotechnology", "Medisinsk bioteknologi"),
        ("3.5", "Other medical sciences", "Andre medisinske fag"),
        ("4.1", "Agriculture, forestry, and fisheries", "Landbruk, skogbruk og fiskeri"),
        ("4.2", "Animal and dairy science", "Husdyrfag og meierifag"),
        ("4.3", "Veterinary science", "Veterinærmedisin"),
        ("4.4", "Agricultural biotechnology", "Landbruksbioteknologi"),
        ("4.5", "Other agricultural sciences", "Andre landbruksfag"),
        ("5.1", "Psychology and cognitive sciences", "Psykologi og kognitiv vitenskap"),
        ("5.2", "Economics and business", "Samfunnsøkonomi og bedriftsøkonomi"),
        ("5.3", "Education", "Pedagogikk og utdanningsvitenskap"),
        ("5.4", "Sociology", "Sosiologi"),
        ("5.5", "Law", "Rettsvitenskap"),
        ("5.6", "Political science", "Statsvitenskap"),
        ("5.7", "Social and economic geography", "Samfunnsgeografi"),
        ("5.8", "Media and communications", "Medier og kommunikasjon"),
        ("5.9", "Other social sciences", "Andre samfunnsvitenskapelige fag"),
        ("6.1", "History and archaeology", "Historie og arkeologi"),
        ("6.2", "Languages and literature", "Språk og litteratur"),
        ("6.3", "Philosophy, ethics and religion", "Filosofi, etikk og religion"),
        (
            "6.4",
            "Arts (arts, history of arts, performing arts, music)",
            "Kunstfag (kunst, kunsthistorie, scenekunst, musikk)",
        ),
        ("6.5", "Other humanities", "Andre humanistiske fag"),
    )
}


def field(code: str) -> Field:
    """Return the field with the code.

    Raises: Refusal if there is none.
    """
    if code not in FIELDS:
        raise Refusal(
            "{code} is not a field of research. Write a code such as 1.2, or a field’s full name.",
            code=code,
        )
    return FIELDS[code]


def parse(text: str) -> Field:
    """Return the field that a person wrote, by code or by name in either language.

    Case, commas and hyphens do not matter; `1,2`, which spreadsheets make of 1.2, is 1.2; a name
    may follow its code; what stands in brackets may be left out.

    Raises: Refusal if there is no such field.
    """
    written = text.strip()
    if code := re.match(r"(\d)[.,](\d{1,2})(?!\S)", written):
        return field(f"{code[1]}.{code[2]}")
    return _BY_NAME.get(_plain(written)) or field(written)


def spoken(codes: Iterable[str], language: str) -> str:
    """Return the names of fields for reading, in one line: an area’s for all that are in it."""
    rest, names = list(codes), []
    for area in AREAS.values():
        groups = [code for code, each in FIELDS.items() if each.area is area]
        if set(groups) <= set(rest):
            names.append(area.name(language))
            rest = [code for code in rest if code not in groups]
    return "; ".join([*names, *(FIELDS[code].name(language) for code in rest if code in FIELDS)])


def nearness(mine: Iterable[str], theirs: Iterable[str]) -> float:
    """Return how near two people's fields are, by their two nearest codes.

    1.0 the same group, 0.5 the same area, 0.25 a bridge between areas, else 0.
    """
    others = tuple(theirs)
    return max((_nearness_of_two(one, other) for one in mine for other in others), default=0.0)


def related(codes: Iterable[str]) -> frozenset[str]:
    """Return every code that is at least related to one of these, these among them."""
    mine = tuple(codes)
    return frozenset(code for code in FIELDS if nearness(mine, (code,)) >= RELATED)


def read_bridges(lines: Iterable[str]) -> frozenset[frozenset[str]]:
    """Return the pairs of codes of a bridges file with the columns one, other, reason.

    Raises: ValueError if a bridge does not join two known fields of two areas, or has no reason.
    """
    bridges = set()
    for row in csv.DictReader(lines):
        one, other = row["one"], row["other"]
        known = one in FIELDS and other in FIELDS and row["reason"]
        if not known or _area_code(one) == _area_code(other):
            raise ValueError(f"not a bridge with a reason between two areas: {one}, {other}")
        bridges.add(frozenset((one, other)))
    return frozenset(bridges)


def _nearness_of_two(one: str, other: str) -> float:
    if one == other:
        return _SAME_GROUP
    if _area_code(one) == _area_code(other):
        return _SAME_AREA
    return _BRIDGED if frozenset((one, other)) in BRIDGES else 0.0


def _area_code(code: str) -> str:
    return code.partition(".")[0]


def _plain(name: str) -> str:
    letters = re.sub(r"[^\w\s]", "", name.replace("&", " and ").casefold())
    return " ".join(letters.split())


def _by_name() -> dict[str, Field]:
    names: dict[str, Field] = {}
    for each in FIELDS.values():
        for name in (each.en, each.nb):
            names[_plain(name)] = names[_plain(name.partition("(")[0])] = each
    return names


_BY_NAME: Final = _by_name()

#: Pairs of groups that are related across areas, from the hand-made file beside this one.
BRIDGES: Final = read_bridges(
    Path(__file__).with_name("field_bridges.csv").read_text("utf-8").splitlines()
)
