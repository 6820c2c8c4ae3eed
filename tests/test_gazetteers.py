"""The gazetteers obey what seeds/gazetteers/README.md promises."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pycountry
import pytest
import yaml

FOLDER = Path(__file__).resolve().parent.parent / "seeds" / "gazetteers"
STATE_CODES = {country.alpha_2 for country in pycountry.countries} | {"XK", "SU", "YU", "DD", "CS"}
WEAPON_CLASSES = {
    "Missile", "CruiseMissile", "BallisticMissile", "Drone", "Helicopter", "Submarine", "Tank",
    "Munition", "Firearm", "Artillery", "UnconventionalWeapon",
    "Aircraft", "Ship", "GroundVehicle", "Platform", "Weapon",
}  # fmt: skip
AGENCY_CLASSES = {
    "GovernmentBody", "ArmedForce", "ArmedGroup", "InternationalOrganisation", "PoliticalParty", "Company", "Agency",
}  # fmt: skip
MEDIA_KINDS = {"news agency", "broadcaster", "newspaper", "magazine", "website"}
PLACE_KINDS = {
    "sea", "ocean", "gulf", "strait", "canal", "river", "lake", "continent", "region", "disputed territory",
    "self-declared state", "province", "island", "mountain", "base", "border crossing", "city",
    "former state",
}  # fmt: skip

COLUMNS = {
    "states": "id label aliases adjectives demonyms capital metonyms wikidata alpha3 lat lon ambiguous note",
    "weapons": "id label class aliases maker kind wikidata ambiguous",
    "weapon-nouns": "term plural class ambiguous",
    "nouns": "term plural type kind may_speak ambiguous",
    "offices": "title category relation of gender",
    "agencies": "id label class aliases ambiguous state wikidata",
    "media": "id label aliases ambiguous kind state domain wikidata",
    "people": "id label aliases state wikidata gender ambiguous",
    "places": "id label aliases adjectives kind state lat lon wikidata ambiguous",
    "nationalities": "term kind aliases state ambiguous",
}
AT_LEAST = {
    "states": 250, "weapons": 700, "weapon-nouns": 250, "nouns": 300, "offices": 250,
    "agencies": 500, "media": 250, "people": 400, "places": 500, "nationalities": 120,
}  # fmt: skip
NAMED = ["states", "weapons", "agencies", "media", "people", "places"]
LISTS = {"aliases", "adjectives", "demonyms", "metonyms", "maker", "state"}
VALUES = {
    ("weapons", "class"): WEAPON_CLASSES,
    ("weapon-nouns", "class"): WEAPON_CLASSES,
    ("weapon-nouns", "ambiguous"): {"", "y"},
    ("nouns", "type"): {"Group", "Agency", "Place"},
    ("nouns", "may_speak"): {"y", "n"},
    ("nouns", "ambiguous"): {"", "y"},
    ("offices", "category"): {"office", "rank", "honorific", "profession"},
    ("offices", "relation"): {"", "leads", "worksFor", "memberOf"},
    ("offices", "of"): {"state", "body", "either"},
    ("offices", "gender"): {"", "m", "f"},
    ("agencies", "class"): AGENCY_CLASSES,
    ("media", "kind"): MEDIA_KINDS,
    ("people", "gender"): {"m", "f"},
    ("places", "kind"): PLACE_KINDS,
    ("nationalities", "kind"): {"ethnic", "religious", "regional", "political"},
    ("nationalities", "ambiguous"): {"", "y"},
}


def lines(name: str) -> list[str]:
    text = (FOLDER / f"{name}.tsv").read_bytes().decode("utf-8")
    assert text.endswith("\n") and "\r" not in text
    return text[:-1].split("\n")


def rows(name: str) -> list[dict[str, str]]:
    header, *body = (line.split("\t") for line in lines(name))
    return [dict(zip(header, cells, strict=True)) for cells in body]


def split(cell: str) -> list[str]:
    return cell.split("|") if cell else []


@pytest.mark.parametrize("name", COLUMNS)
def test_shape(name: str) -> None:
    header, *body = lines(name)
    assert header.split("\t") == COLUMNS[name].split()
    width = header.count("\t")
    assert [line for line in body if line.count("\t") != width] == []
    assert len(body) >= AT_LEAST[name]


@pytest.mark.parametrize("name", COLUMNS)
def test_cells_are_clean(name: str) -> None:
    bad = []
    for line in lines(name):
        for cell in line.split("\t"):
            for part in cell.split("|") if cell else []:
                if not part or part != part.strip() or "  " in part or re.search(r"[=~@{}\x00-\x1f]", part):
                    bad.append(cell)
    assert bad == []


@pytest.mark.parametrize("name", COLUMNS)
def test_first_column_is_sorted_and_unique(name: str) -> None:
    keys = [line.split("\t")[0] for line in lines(name)[1:]]
    assert all(keys)
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", COLUMNS)
def test_every_file_is_documented(name: str) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    line = next(line for line in readme.split("\n") if line.startswith(f"| `{name}.tsv`"))
    assert [column for column in COLUMNS[name].split() if f"`{column}`" not in line] == []


@pytest.mark.parametrize("name", NAMED)
def test_ids_and_labels(name: str) -> None:
    pattern = r"[A-Z]{2}" if name == "states" else r"[a-z0-9]+(-[a-z0-9]+)*"
    assert [row["id"] for row in rows(name) if not re.fullmatch(pattern, row["id"])] == []
    assert [row["id"] for row in rows(name) if not row["label"]] == []


@pytest.mark.parametrize(("name", "column"), VALUES)
def test_values(name: str, column: str) -> None:
    assert {row[column] for row in rows(name)} <= VALUES[name, column]


@pytest.mark.parametrize("name", NAMED)
def test_a_name_belongs_to_one_row(name: str) -> None:
    owners = defaultdict(set)
    for row in rows(name):
        ambiguous = split(row["ambiguous"])
        names = [row["label"], *split(row["aliases"])]
        assert len(split(row["aliases"])) == len(set(split(row["aliases"]))), row["id"]
        assert row["label"] not in split(row["aliases"]), row["id"]
        for text in names:
            if text not in ambiguous:
                owners[text].add(row["id"])
    assert {text: ids for text, ids in owners.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("name", ["weapons", "agencies", "media", "people", "places", "nationalities"])
def test_state_codes(name: str) -> None:
    column = "maker" if name == "weapons" else "state"
    assert {code for row in rows(name) for code in split(row[column])} <= STATE_CODES


def test_all_states_are_there() -> None:
    assert {row["id"] for row in rows("states")} == STATE_CODES
    alpha3 = {country.alpha_2: country.alpha_3 for country in pycountry.countries}
    assert [row["id"] for row in rows("states") if row["id"] in alpha3 and row["alpha3"] != alpha3[row["id"]]] == []
    assert [row["id"] for row in rows("states") if not row["wikidata"]] == []


@pytest.mark.parametrize("name", ["states", "places"])
def test_coordinates(name: str) -> None:
    for row in rows(name):
        assert bool(row["lat"]) == bool(row["lon"]), row["id"]
        if row["lat"]:
            assert -90 <= float(row["lat"]) <= 90 and -180 <= float(row["lon"]) <= 180, row["id"]


@pytest.mark.parametrize("name", NAMED)
def test_wikidata_ids(name: str) -> None:
    ids = [row["wikidata"] for row in rows(name) if row["wikidata"]]
    assert [item for item in ids if not re.fullmatch(r"Q[1-9]\d*", item)] == []
    assert len(ids) == len(set(ids))


def test_honorifics_say_nothing_about_work() -> None:
    assert [row for row in rows("offices") if (row["category"] == "honorific") != (row["relation"] == "")] == []


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("states", "U.S.", "US"),
        ("states", "Burma", "MM"),
        ("states", "DPRK", "KP"),
        ("weapons", "Kaliber", "kalibr"),
        ("weapons", "3M-14", "kalibr"),
        ("weapons", "SU-24", "su-24"),
        ("agencies", "Daesh", "islamic-state"),
        ("agencies", "Defense Department", "pentagon"),
        ("agencies", "Russia's defence ministry", "russian-defense-ministry"),
        ("media", "FARS", "fars-news-agency"),
        ("media", "ITAR-TASS", "tass"),
        ("people", "Sergey Shoigu", "sergei-shoigu"),
        ("people", "Bashar Assad", "bashar-al-assad"),
        ("places", "Caspian", "caspian-sea"),
        ("places", "Deir ez-Zor", "deir-al-zor"),
    ],
)
def test_well_known_names(name: str, text: str, key: str) -> None:
    assert [row["id"] for row in rows(name) if text in (row["label"], *split(row["aliases"]))] == [key]


DISPATCHES = sorted((FOLDER.parent / "dispatches").glob("*.txt"))


def test_there_are_ten_dispatches_in_order() -> None:
    assert [path.name[:2] for path in DISPATCHES] == [f"{number:02}" for number in range(1, 11)]
    published = [re.search(r"^published: (\S+)$", path.read_text(encoding="utf-8"), re.M)[1] for path in DISPATCHES]
    assert published == sorted(published)


@pytest.mark.parametrize("path", DISPATCHES, ids=lambda path: path.stem)
def test_dispatch(path: Path) -> None:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = yaml.safe_load(head)
    assert set(fields) == {"title", "publisher", "published", "url"}
    assert fields["url"].startswith("https://example.org/")
    names = {name for row in rows("media") for name in (row["label"], *split(row["aliases"]))}
    assert fields["publisher"] in names
    assert 150 <= len(body.split()) <= 400
