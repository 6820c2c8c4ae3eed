"""Documents in other languages are told and left out; English in any dress is read."""

import json
from pathlib import Path

import pytest
import yaml
from cli_runs import CNN, ok, run

from kg.build import build
from kg.language import foreign_language

pytest_plugins = ["cli_fixtures"]

FOREIGN = yaml.safe_load((Path(__file__).parent / "data" / "languages.yaml").read_text(encoding="utf-8"))

PLAIN = (
    "The foreign minister said on Tuesday that both countries had signed an agreement on the withdrawal of troops. According "
    "to a spokesman for the army, three soldiers were wounded in an attack near the border. The opposition demands an inquiry."
)
ENGLISH = {
    "plain": PLAIN,
    "capitals": PLAIN.upper(),
    "headlines": "\n".join(
        (
            "MINISTER SIGNS TROOP DEAL",
            "Three Hurt in Border Raid",
            "OPPOSITION: VOTE WAS RIGGED",
            "Envoys to Meet Again in Bern",
        )
        * 4
    ),
    "transcript": "\n".join(
        f"{who}: {what}"
        for who, what in (
            ("MR. GRZEGORZ WOJCIECHOWSKI", "I think that we have said all there is to say about it."),
            ("MS. NGUYEN THI MINH", "But have you spoken with Abdelaziz Bouteflika and Nouri al-Maliki?"),
            ("MR. GRZEGORZ WOJCIECHOWSKI", "No. Next question, please. You, in the third row."),
        )
    )
    * 2,
    "names": "Present were Jean-Claude Dubois, Marie-Hélène Lefèvre, Giovanni Bianchi, Wolfgang Schröder, Mehmet Yılmaz, José "
    "García Hernández, Nguyễn Văn Thành, Bohuslav Dvořák, Siobhán Ó Briain and Abd al-Rahman ibn Khalid. They met in "
    "Mönchengladbach, Łódź, São Paulo and Ouagadougou.",
    "table": "Killed\tWounded\tTown\n" + "12\t30\tMogadishu\n4\t9\tBeledweyne\n0\t17\tKismayo\n" * 8,
    "quoting": f"{PLAIN} The daily quoted him in French: « {FOREIGN['fr'][:230]} » He did not say what he meant by that.",
    "half and half": f"{PLAIN}\n\n{FOREIGN['de']}",
    "links": PLAIN.replace(". ", " (https://example.org/nachrichten/ausland/der-minister-und-das-abkommen.html). "),
    "short": "Bonjour à tous, le ministre est arrivé.",
    "empty": "",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_known(language):
    assert foreign_language(FOREIGN[language]) == language
    assert foreign_language("\n\n".join([FOREIGN[language]] * 40)) == language


@pytest.mark.parametrize("name", ENGLISH)
def test_english_is_read(name):
    assert foreign_language(ENGLISH[name]) is None
    assert foreign_language(PLAIN + "\n\n" + ENGLISH[name]) is None


def test_the_dispatches_are_english():
    for path in sorted(Path(__file__).parent.parent.glob("seeds/dispatches/*.txt")):
        text = path.read_text(encoding="utf-8")
        assert foreign_language(text) is None
        assert foreign_language(text.upper()) is None


def test_a_long_text_is_judged_in_all_its_parts():
    assert foreign_language(PLAIN + FOREIGN["ru"] * 400) == "ru"
    assert foreign_language(FOREIGN["ru"] + PLAIN * 400) is None


# -- the commands ------------------------------------------------------------------------------------------------------


@pytest.fixture
def news(folder):
    Path("news").mkdir()
    for name, text in (("a", CNN), ("b", FOREIGN["fr"]), ("c", FOREIGN["ru"]), ("d", FOREIGN["fr"][:-1])):
        Path("news", f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_build_skips_tells_and_counts(news):
    result = run("build", "news")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "kg: news/b.txt: skipped: language fr, not English; --any-language reads it all the same",
        "kg: news/c.txt: skipped: language ru, not English; --any-language reads it all the same",
        "kg: news/d.txt: skipped: language fr, not English; --any-language reads it all the same",
        "1 added, 0 changed, 0 unchanged, 0 removed, 0 failed; skipped: language fr 2, language ru 1",
    ]
    assert "4 added" not in run("build", "news").stderr


def test_build_in_any_language_and_again_without(news):
    assert build(["news"], "kg.db", any_language=True).added == 4
    again = build(["news"], "kg.db")
    assert (again.unchanged, again.skipped) == (4, {})


def test_annotate_skips_and_tells(news):
    result = run("annotate", "news")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["news/a.txt"]
    assert result.stderr.count("skipped: language") == 3
    assert len(ok("annotate", "news", "--any-language").splitlines()) == 4


def test_only_foreign_input_is_told_as_nothing_read(folder):
    Path("a.txt").write_text(FOREIGN["ar"], encoding="utf-8")
    result = run("build", "a.txt")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "kg: a.txt: nothing could be read; see the lines above"
