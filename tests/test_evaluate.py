"""`kg eval`: figures by hand on small data, the figures of the benchmarks' own scorers on all data, errors in context."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runs import ROOT, fails, ok, run

from kg.errors import InputError
from kg.evaluation import Options, Rows, evaluate, load_mapping, load_rows
from kg.scorecard import report, table

pytest_plugins = ["cli_fixtures"]

OWN = ROOT / "tests" / "data" / "eval"
MAPPING = ROOT / "tests" / "benchmarks" / "re3d-relations.json"
BENCHMARKS = ROOT.parent / "shared" / "benchmarks"
needs_scorers = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks' scorers are not on this machine")

TEXT = "The UN said Ann Lee met Bo of Mali in Oslo."


def at(phrase, type_="", text=TEXT, **more):
    start = text.index(phrase)
    return {"start": start, "end": start + len(phrase), "type": type_, **more}


def spans(*phrases, text=TEXT):
    return [[text.index(phrase), text.index(phrase) + len(phrase)] for phrase in phrases]


def measured(gold, predicted, text=TEXT, **options):
    """Measure one row of each side on one text."""
    rows = (Rows(name, {"d": {"id": "d"} | row}) for name, row in (("gold", gold), ("pred", predicted)))
    return evaluate({"d": text}, *rows, Options(**options))


def told(part):
    return [(error.kind, error.type, error.expected, error.found) for error in part.errors]


# -- mentions ----------------------------------------------------------------------------------------------------------


def test_mentions_right_missed_spurious_of_wrong_span_and_of_wrong_type():
    gold = {"mentions": [at("The UN", "Agency"), at("Ann Lee", "Person"), at("Mali", "Place"), at("Oslo", "Place")]}
    predicted = {"mentions": [at("The UN", "Agency"), at("Lee", "Person"), at("Mali", "State"), at("Bo", "Person")]}
    scores = measured(gold, predicted).mentions
    assert (scores.overall.exact.right, scores.overall.exact.predicted, scores.overall.exact.gold) == (1, 3, 4)
    assert (scores.overall.relaxed.right, scores.overall.relaxed.precision, scores.overall.relaxed.recall) == (2, 0.6667, 0.5)
    assert scores.of_other_types == 1
    assert told(scores) == [
        ("wrong span", "Person", "Person “Ann Lee”", "Person “Lee”"),
        ("wrong type", "Place", "Place “Mali”", "State “Mali”"),
        ("missed", "Place", "Place “Oslo”", None),
        ("spurious", "Person", None, "Person “Bo”"),
    ]


def test_a_type_that_the_gold_accepts_is_right_and_an_optional_mention_is_nothing():
    gold = {"mentions": [at("Mali", "Place", accept=["State"]), at("Bo", "Person", optional=True), at("Ann Lee", "Person")]}
    predicted = {"mentions": [at("Mali", "State"), at("Bo", "Person")]}
    scores = measured(gold, predicted).mentions
    assert (scores.overall.exact.right, scores.overall.exact.predicted, scores.overall.exact.gold) == (1, 1, 2)
    assert scores.types["Place"].exact.precision == 1.0
    assert measured(gold, predicted, strict=True).mentions.overall.exact.predicted == 2


def test_trim_and_names():
    gold = {"mentions": [at("The UN", "Agency"), at("Ann", "Person")]}
    predicted = {"mentions": [at("UN", "Agency"), at("said", "Person"), at("Ann", "Person")]}
    assert measured(gold, predicted).mentions.overall.exact.right == 1
    trimmed = measured(gold, predicted, trim=True, names=True).mentions.overall.exact
    assert (trimmed.right, trimmed.predicted) == (2, 2)


# -- relations ---------------------------------------------------------------------------------------------------------

PAIR = [at("Ann Lee", "Person"), at("Bo", "Person"), at("Mali", "State"), at("Oslo", "Place")]


def tied(*ties):
    return {"mentions": PAIR, "relations": [{"subject": s, "predicate": p, "object": o} for s, p, o in ties]}


def test_relations_of_our_own_predicates_need_no_mapping():
    gold = tied((0, "alliedWith", 1), (1, "nationality", 2), (0, "leads", 2), (0, "locatedIn", 3))
    scores = measured(gold, tied((1, "alliedWith", 0), (2, "nationality", 1), (0, "leads", 3), (1, "warns", 2))).relations
    assert (scores.overall.right, scores.overall.predicted, scores.unmapped) == (1, 3, {"warns": 1})
    assert scores.any_type.right == 3
    assert [kind for kind, *_ in told(scores)] == ["wrong type", "missed", "wrong type"]


def test_a_mapping_may_name_several_types_turn_a_predicate_round_and_leave_it_out():
    gold = tied((0, "InChargeOf", 1), (0, "Likes", 2), (1, "CoLocated", 3))
    mapping = {"ledBy": {"type": "InChargeOf", "inverse": True}, "supports": ["AlliesOf", "Likes"], "makes": None}
    scores = measured(gold, tied((1, "ledBy", 0), (0, "supports", 2), (2, "makes", 3)), mapping=mapping).relations
    assert (scores.overall.right, scores.overall.predicted, scores.unmapped) == (2, 2, {"makes": 1})
    assert "CoLocated" in scores.unreached
    assert "Likes" not in scores.unreached


def test_an_end_may_be_matched_through_its_entity():
    predicted = {
        "mentions": [at("Ann", "Person", entity="x"), at("Lee", "Person", entity="x"), at("Bo", "Person")],
        "relations": [{"subject": 0, "predicate": "knows", "object": 2}],
    }
    gold = {"mentions": [at("Lee", "Person"), at("Bo", "Person")]}
    gold["relations"] = [{"subject": 0, "predicate": "knows", "object": 1}]
    assert measured(gold, predicted).relations.overall.right == 0
    assert measured(gold, predicted, by_entity=True).relations.overall.right == 1


# -- events ------------------------------------------------------------------------------------------------------------


def test_events_and_their_roles():
    met = at("met", "Meeting", roles={"participant": [0, 1], "place": [3]})
    gold = {"mentions": PAIR, "events": [met, at("said", "Communication")]}
    predicted = {
        "mentions": [at("Lee", "Person"), at("Oslo", "Place")],
        "events": [
            at("Lee met", "Meeting", roles={"participant": [0], "actor": [1]}),
            at("said", "Warning"),
            at("of", "Meeting"),
        ],
    }
    scores = measured(gold, predicted).events
    assert (scores.overall.exact.right, scores.overall.relaxed.right, scores.of_other_types) == (0, 1, 1)
    assert (scores.roles["participant"].right, scores.roles["participant"].recall) == (1, 0.5)
    assert (scores.all_roles.right, scores.all_roles.predicted, scores.all_roles.gold) == (1, 2, 3)
    assert [(kind, type_) for kind, type_, *_ in told(scores)] == [
        ("wrong span", "Meeting"),
        ("wrong type", "Communication"),
        ("spurious", "Meeting"),
    ]


def test_an_event_that_two_claims_state_counts_once():
    predicted = {"mentions": PAIR, "events": [at("met", "Meeting", roles={"place": [3]}, claim=n) for n in (0, 1)]}
    gold = {"mentions": PAIR, "events": [at("met", "Meeting", roles={"place": [3]})]}
    scores = measured(gold, predicted).events
    assert (scores.overall.exact.predicted, scores.all_roles.f1) == (1, 1.0)


# -- claims ------------------------------------------------------------------------------------------------------------

SAID = {"source": spans("The UN"), "cue": spans("said"), "content": spans("Ann Lee met Bo of Mali in Oslo")}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"polarity": "Positive", "certainty": "Certain"}, {"polarity": "affirmed", "certainty": "certain"}),
        ({"polarity": "denied", "certainty": "probable"}, {"polarity": "Negative", "certainty": "Probable"}),
        ({"polarity": "UnknownPolarity"}, {"polarity": "unknown", "certainty": "UnknownCertainty"}),
    ],
)
def test_either_spelling_of_polarity_and_certainty(ours, theirs):
    for gold, predicted in ((ours, theirs), (theirs, ours)):
        scores = measured({"claims": [SAID | gold]}, {"claims": [SAID | predicted]}).claims
        assert {accuracy.share for accuracy in scores.accuracy.values()} <= {1.0}
        assert told(scores) == []


def test_claims_with_another_polarity_or_a_part_of_the_content():
    gold = {"claims": [SAID | {"polarity": "Positive"}]}
    denied = measured(gold, {"claims": [SAID | {"polarity": "Negative"}]}).claims
    assert (denied.figures["attribution"].f1, denied.accuracy["polarity"].share) == (1.0, 0.0)
    assert [kind for kind, *_ in told(denied)] == ["wrong type"]
    part = measured(gold, {"claims": [SAID | {"content": spans("Ann Lee")}]}).claims
    assert (part.figures["attribution"].right, part.figures["content partial"].precision) == (0, 1.0)
    assert part.figures["content partial"].recall == 0.25
    assert [kind for kind, *_ in told(part)] == ["wrong span"]


def test_own_voice_counts_only_if_the_gold_has_it():
    own = {"content": spans("Ann Lee met Bo")}
    scores = measured({"claims": [SAID]}, {"claims": [SAID, own]}).claims
    assert (scores.figures["attribution"].predicted, scores.own_voice_left_out) == (1, 1)
    assert measured({"claims": [SAID]}, {"claims": [SAID, own]}, own_voice=True).claims.figures["attribution"].predicted == 2
    assert measured({"claims": [SAID, own]}, {"claims": [own]}).claims.figures["attribution"].right == 1


def test_a_prediction_nested_in_gold_content_is_not_held_against_us():
    inner = {"source": spans("Ann Lee"), "cue": spans("met"), "content": spans("Bo of Mali")}
    assert measured({"claims": [SAID]}, {"claims": [SAID, inner]}).claims.figures["attribution"].predicted == 1
    assert measured({"claims": [SAID]}, {"claims": [SAID, inner]}, nested=True).claims.figures["attribution"].predicted == 2


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ({}, "gold: neither mentions nor relations, events or claims; give at least one of these lists"),
        ({"mentions": "x"}, 'gold: document "d": "mentions" is no list of objects; correct it'),
        (
            {"mentions": [{"start": 0, "end": 99, "type": "X"}]},
            'gold: document "d": mention 0: 0 to 99 lies outside of the text of 43 characters; correct it',
        ),
        (
            {"mentions": [at("Bo", "Person", text_=""), {"start": 0, "end": 3, "type": "X", "text": "Bo"}]},
            "gold: document \"d\": mention 1: \"text\" is 'Bo', but the document has 'The' there; correct it",
        ),
        (
            {"mentions": [at("Bo", "X")], "relations": [{"subject": 0, "predicate": "p", "object": 1}]},
            'gold: document "d": relation 0: 1 is no index into its 1 mentions; correct it',
        ),
        ({"claims": [{"content": []}]}, 'gold: document "d": claim 0: "content" is empty; a claim says something'),
        (
            {"claims": [{"content": [[0, 3]], "polarity": "positive"}]},
            "gold: document \"d\": claim 0: \"polarity\" is 'positive'; did you mean 'Positive'?",
        ),
    ],
)
def test_bad_rows_are_named(gold, message):
    with pytest.raises(InputError) as caught:
        measured(gold, {})
    assert str(caught.value) == message


def test_rows_and_documents_belong_together(tmp_path):
    with pytest.raises(InputError, match='1 ids of no document, first "e"; did you mean'):
        evaluate({"e1": TEXT}, Rows("gold", {"e": {}}), Rows("pred", {}))
    with pytest.raises(InputError, match="nothing for 1 of 1 documents"):
        evaluate({"d": TEXT}, Rows("gold", {}), Rows("pred", {}))
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "a"}\n\n{"id": "a"}\n')
    with pytest.raises(InputError, match=r'rows.jsonl:3: the id "a" appears twice'):
        load_rows(str(path))
    path.write_text('{"leads": 5}')
    with pytest.raises(InputError, match='"leads" is mapped to 5; give a type'):
        load_mapping(str(path))


# -- the same as the benchmarks' scorers -------------------------------------------------------------------------------


def agree(theirs, ours, path=""):
    """Fail unless all that the scorer gives stands in ours, to the digit."""
    if isinstance(theirs, dict):
        for key, value in theirs.items():
            if key != "documents":
                assert key in ours, f"{path}/{key}"
                agree(value, ours[key], f"{path}/{key}")
    else:
        assert theirs == ours, path


def scored(script, *arguments):
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def compared(tmp_path, docs, gold, predicted):
    """Measure with the scorers and with kg, in several ways, and compare."""
    loaded = [load_rows(str(path)) for path in (docs, gold, predicted)]
    texts = {name: row["text"] for name, row in loaded[0].by_id.items()}
    has = {key for row in loaded[1].by_id.values() for key in row if row[key]}
    if "mentions" in has:
        for options in ({}, {"names": True, "trim": True}, {"strict": True}, {"types": frozenset(("Person", "Place"))}):
            flags = [f"--{name}" for name, value in options.items() if value is True]
            flags += ["--types", "Person,Place"] if "types" in options else []
            ours = evaluate(texts, *loaded[1:], Options(**options)).to_json()["mentions"]
            agree(scored("score_mentions.py", docs, gold, predicted, *flags), ours)
    if "relations" in has:
        for by_entity in (False, True):
            flags = ["--by-entity"] if by_entity else []
            options = Options(mapping=load_mapping(str(MAPPING)), by_entity=by_entity)
            ours = evaluate(texts, *loaded[1:], options).to_json()["relations"]
            agree(scored("score_relations.py", docs, gold, predicted, MAPPING, *flags), ours)
    if "claims" in has:
        for nested in (False, True):
            flags = ["--nested"] if nested else []
            ours = evaluate(texts, *loaded[1:], Options(nested=nested, own_voice=True)).to_json()["claims"]
            agree(scored("score_claims.py", docs, gold, predicted, *flags), ours)


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def disturbed(row, text, chance):
    """Give a row as a weak tool might have made it of the gold's: some left out, shifted, of another type, or doubled."""

    def shifted(start, end):
        start = max(0, min(start + chance.choice((-7, 0, 0, 0, 3)), len(text) - 1))
        return start, max(start + 1, min(end + chance.choice((-4, 0, 0, 0, 9)), len(text)))

    def moved(parts):
        return [list(shifted(start, end)) for start, end in parts]

    mentions = []
    types = [*sorted({mention["type"] for mention in row.get("mentions", [])}), "State"]
    for mention in row.get("mentions", []):
        for _ in range(chance.choice((1, 1, 1, 2))):
            start, end = shifted(mention["start"], mention["end"])
            type_ = chance.choice((mention["type"], mention["type"], chance.choice(types)))
            mentions.append({"start": start, "end": end, "type": type_, "entity": chance.choice("abcdef")})
    chance.shuffle(mentions)
    predicates = [*json.loads(MAPPING.read_text()), "Likes"]
    relations = [
        {"subject": chance.randrange(len(mentions)), "predicate": chance.choice(predicates), "object": 0}
        for _ in range(3 * len(row.get("relations", [])) if mentions else 0)
    ]
    claims = []
    for claim in row.get("claims", []):
        if chance.random() < 0.8:
            parts = {role: moved(claim[role]) if chance.random() < 0.9 else [] for role in ("source", "cue")}
            words = {"polarity": chance.choice(("affirmed", "denied")), "certainty": chance.choice(("certain", "unknown"))}
            claims.append(parts | {"content": moved(claim["content"])} | words)
    return {"id": row["id"], "mentions": mentions, "relations": relations, "claims": claims}


def invented(chance, number):
    """Give a document of nonsense and a gold row for it, with all that the scorers know."""
    words = ["The", "Bo", "said", "“we", "go”", "to", "Mali's", "a", "U.N.", "they", "ran", "Ann", "don't", "Élan", "3,000"]
    text = " ".join(chance.choice(words) for _ in range(60))

    def span():
        start = chance.randrange(len(text) - 1)
        return start, min(len(text), start + chance.randrange(1, 25))

    mentions = []
    for _ in range(12):
        start, end = span()
        type_ = chance.choice(("Person", "Place", "Agency", "Time"))
        mentions.append({"start": start, "end": end, "type": type_, "optional": chance.random() < 0.2})
        if chance.random() < 0.2:
            mentions[-1]["accept"] = ["State"]
    types = ("CoLocated", "InChargeOf", "Likes", "FightingAgainst", "CommWith")
    relations = [
        {"subject": chance.randrange(12), "predicate": chance.choice(types), "object": chance.randrange(12)} for _ in range(6)
    ]
    claims = []
    for _ in range(5):
        parts = {role: [list(span()) for _ in range(chance.randrange(3))] for role in ("source", "cue")}
        claims.append(parts | {"content": [list(span()), list(span())], "polarity": chance.choice(("affirmed", "unknown"))})
    row = {"mentions": mentions, "relations": relations, "claims": claims, "ignore": [list(span())]}
    return {"id": f"d{number}", "text": text}, {"id": f"d{number}", **row}


@needs_scorers
@pytest.mark.parametrize("seed", range(4))
def test_figures_agree_with_the_scorers_on_invented_rows(tmp_path, seed):
    chance = random.Random(seed)
    documents, gold = zip(*(invented(chance, number) for number in range(8)), strict=True)
    predicted = [disturbed(row, document["text"], chance) for document, row in zip(documents[:7], gold, strict=False)]
    files = [write(tmp_path / name, rows) for name, rows in (("docs", documents), ("gold", gold), ("pred", predicted))]
    compared(tmp_path, *files)


@needs_scorers
@pytest.mark.parametrize("name", ["re3d", "crossner-politics"])
def test_figures_agree_with_the_scorers_on_the_benchmarks(tmp_path, name):
    docs, gold = BENCHMARKS / name / "docs.jsonl", BENCHMARKS / name / "gold.jsonl"
    if not docs.exists():
        pytest.skip(f"{name} is not on this machine")
    chance = random.Random(name)
    texts = {row["id"]: row["text"] for row in load_rows(str(docs)).by_id.values()}
    rows = load_rows(str(gold)).by_id.values()
    predicted = write(tmp_path / "pred", [disturbed(row, texts[row["id"]], chance) for row in rows])
    compared(tmp_path, docs, gold, predicted)


# -- the command -------------------------------------------------------------------------------------------------------


def test_eval_reads_the_documents_itself_and_writes_a_report(folder):
    shown = ok("eval", OWN / "docs.jsonl", OWN / "gold.jsonl", "--names", "--trim", "--report", "errors.md")
    assert [line for line in shown.splitlines() if line and not line.startswith(" ")][:2] == ["Mentions", "Relations"]
    told = Path("errors.md").read_text()
    assert "## Errors: events" in told
    figures = json.loads(ok("eval", OWN / "docs.jsonl", OWN / "gold.jsonl", "--format", "json"))
    assert set(figures) == {"documents", "documents_without_prediction", "mentions", "relations", "events", "claims"}
    assert figures["mentions"]["micro_all"]["exact"]["f1"] > 0.5


def test_eval_of_what_kg_annotate_printed_is_that_of_reading_anew(folder):
    Path("pred.jsonl").write_text(ok("annotate", OWN / "docs.jsonl"))
    arguments = ("eval", OWN / "docs.jsonl", OWN / "gold.jsonl")
    assert ok(*arguments, "--pred", "pred.jsonl") == ok(*arguments)


def test_the_gold_against_itself_is_perfect(folder):
    arguments = ("eval", OWN / "docs.jsonl", OWN / "gold.jsonl", "--pred", OWN / "gold.jsonl")
    figures = json.loads(ok(*arguments, "--format", "json", "--report", "none.md"))
    assert figures["relations"]["micro"]["f1"] == figures["events"]["roles_micro"]["f1"] == 1.0
    assert figures["claims"]["attribution"]["f1"] == figures["mentions"]["micro_all"]["exact"]["f1"] == 1.0
    assert Path("none.md").read_text().count("None.") == 4


def test_eval_says_what_is_wrong_with_its_files(folder):
    assert fails("eval", OWN / "docs.jsonl", "none.jsonl") == ["kg: none.jsonl: no such file or directory; check the path"]
    Path("pred.jsonl").write_text('{"id": "ferry"}\n{"id": "x"}\n')
    [line] = fails("eval", OWN / "docs.jsonl", OWN / "gold.jsonl", "--pred", "pred.jsonl")
    assert line.startswith('kg: pred.jsonl: 1 ids of no document, first "x"; ')
    Path("pred.jsonl").write_text('{"id": "ferry"}\n')
    result = run("eval", OWN / "docs.jsonl", OWN / "gold.jsonl", "--pred", "pred.jsonl")
    assert "pred.jsonl: nothing for 2 of 3 documents; counted as empty" in result.stderr


def test_the_report_shows_context_and_escapes_markup():
    text = "One *two* three.\n\nAnn [x] went home."
    result = measured({"mentions": [at("Ann [x]", "Person", text)]}, {}, text)
    told = report(result, {"d": text}, "gold_1")
    assert "# gold\\_1" in told
    assert "- expected Person “Ann \\[x\\]”. d 18–25: One \\*two\\* three. **Ann \\[x\\]** went home." in told
    assert "Person" in table(result)
