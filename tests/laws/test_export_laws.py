"""Laws of exports: what keeps the graphs loads back as it was, whatever the terms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.export import export
from kg.store import open_store
from kg.vocab import BASE, KG, RDF, XSD

FORMATS = {"trig": RdfFormat.TRIG, "nquads": RdfFormat.N_QUADS}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text(st.characters(categories=["Ll", "Lu", "Nd"], include_characters="/.:#?%-_~'()@;,&=+*!"), max_size=10)


def is_iri(text):
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


iris = (
    st.tuples(st.sampled_from([BASE, KG, RDF, "https://a.example/", "urn:x:"]), NAMES)
    .map("".join)
    .filter(is_iri)
    .map(NamedNode)
)
datatypes = st.sampled_from(["integer", "decimal", "boolean", "date", "string"]).map(lambda name: NamedNode(XSD + name))
numbers = st.from_regex(r"[+-]?[0-9]{0,3}\.?[0-9]{0,2}|true|false", fullmatch=True)
literals = (
    st.builds(Literal, TEXTS)
    | st.builds(lambda text, datatype: Literal(text, datatype=datatype), TEXTS | numbers, datatypes)
    | st.builds(lambda text, language: Literal(text, language=language), TEXTS, st.sampled_from(["en", "en-gb", "ru"]))
)
quads = st.lists(st.builds(Quad, iris, iris, iris | literals, iris), max_size=12)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=200, deadline=None)
@given(quads=quads)
def test_export_loads_back_as_it_was(name, quads):
    """Compared with the store, since Oxigraph keeps numbers by value: 007 is 7 there."""
    with open_store(None) as store:
        store.load(quads)
        assert set(parse(export(store, name), format=FORMATS[name])) == set(store.quads())
