import pytest

from community.errors import Refusal
from community.fields import (
    AREAS,
    BRIDGES,
    FIELDS,
    RELATED,
    Field,
    field,
    nearness,
    parse,
    read_bridges,
    related,
)


def test_fields_are_the_42_groups_in_the_order_of_their_numbers() -> None:
    numbers = [tuple(map(int, code.split("."))) for code in FIELDS]

    assert len(numbers) == 42
    assert numbers == sorted(numbers)
    assert [sum(area == n for area, _ in numbers) for n in range(1, 7)] == [7, 11, 5, 5, 9, 5]


def test_names_are_different_in_each_language() -> None:
    for language in ("en", "nb"):
        assert len({each.name(language) for each in FIELDS.values()}) == 42
        assert len({each.name(language) for each in AREAS.values()}) == 6


def test_field_has_its_names_and_its_area() -> None:
    found = field("2.10")

    assert found == Field(code="2.10", en="Nano-technology", nb="Nanoteknologi")
    assert (found.name("en"), found.name("nb")) == ("Nano-technology", "Nanoteknologi")
    assert (found.area.name("en"), found.area.name("nb")) == (
        "Engineering and technology",
        "Teknologi",
    )


@pytest.mark.parametrize("code", ["", "7.1", "1.8", "1", "1.20"])
def test_field_is_refused_when_the_code_is_unknown(code: str) -> None:
    with pytest.raises(Refusal) as refused:
        field(code)

    assert refused.value.facts == {"code": code}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.2", "1.2"),
        (" 2.10 ", "2.10"),
        ("1,2", "1.2"),
        ("1.2 Computer and information sciences", "1.2"),
        ("computer and INFORMATION sciences", "1.2"),
        ("Computer & information  sciences", "1.2"),
        ("Informatikk og informasjonsvitenskap", "1.2"),
        ("nanotechnology", "2.10"),
        ("bygg og anleggsteknikk", "2.1"),
        ("agriculture forestry and fisheries", "4.1"),
        ("Arts", "6.4"),
        ("kunstfag (kunst, kunsthistorie, scenekunst, musikk)", "6.4"),
        ("SPRÅK OG LITTERATUR", "6.2"),
    ],
)
def test_parse_reads_codes_and_names_in_either_language(text: str, code: str) -> None:
    assert parse(text) == FIELDS[code]


@pytest.mark.parametrize("each", FIELDS.values(), ids=lambda each: each.code)
def test_parse_reads_every_field_as_it_is_shown(each: Field) -> None:
    assert [parse(text) for text in (each.code, each.en, each.nb)] == [each] * 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Alchemy", "Alchemy"), ("9.9", "9.9"), ("9,9", "9.9"), ("1.2.3", "1.2.3"), (" ", "")],
)
def test_parse_refuses_what_is_no_field(text: str, shown: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(text)

    assert str(refused.value).startswith(f"{shown} is not a field of research.")


@pytest.mark.parametrize(
    ("mine", "theirs", "value"),
    [
        (["1.2"], ["1.2"], 1.0),
        (["1.2"], ["1.3"], 0.5),
        (["2.1"], ["2.10"], 0.5),
        (["2.2"], ["1.2"], 0.25),
        (["1.2"], ["2.2"], 0.25),
        (["2.6"], ["3.2"], 0.25),
        (["2.4"], ["1.4"], 0.25),
        (["1.1"], ["6.2"], 0.0),
        (["1.1", "2.2"], ["1.2", "6.2"], 0.5),
        (["6.2", "3.3"], ["5.5", "3.3"], 1.0),
        ([], ["1.2"], 0.0),
        (["1.2"], [], 0.0),
    ],
)
def test_nearness_is_that_of_the_two_nearest_fields(
    mine: list[str], theirs: list[str], value: float
) -> None:
    assert nearness(mine, theirs) == value
    assert nearness(iter(mine), iter(theirs)) == value
    assert nearness(theirs, mine) == value


def test_related_is_the_area_and_what_is_bridged() -> None:
    natural_sciences = {code for code in FIELDS if code.startswith("1.")}

    assert related(["1.2"]) == natural_sciences | {"2.2", "2.6", "5.1", "5.8", "6.2"}
    assert related([]) == frozenset()


def test_the_weakest_bridge_counts_as_related() -> None:
    assert {nearness([one], [other]) for one, other in map(tuple, BRIDGES)} == {RELATED}


def test_every_area_has_bridges_to_others() -> None:
    assert {code[0] for bridge in BRIDGES for code in bridge} == set(AREAS)


def test_read_bridges_reads_pairs() -> None:
    lines = ["one,other,reason", '1.2,2.2,"methods, machines"']

    assert read_bridges(lines) == {frozenset({"1.2", "2.2"})}


@pytest.mark.parametrize("row", ["1.2,9.9,why", "9.9,1.2,why", "1.2,2.2,", "1.2,1.3,why"])
def test_read_bridges_refuses_what_joins_no_two_areas(row: str) -> None:
    with pytest.raises(ValueError, match="not a bridge"):
        read_bridges(["one,other,reason", row])
