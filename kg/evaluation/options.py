"""How strictly to measure, and what the gold calls a predicate."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.errors import InputError
from kg.evaluation.rows import parsed, text_of


@dataclass(frozen=True, slots=True)
class Options:
    """How strictly to measure.

    Attributes:
        names: of persons, states, agencies, places and events compare only names, no pronouns and common nouns.
        trim: compare mentions without leading articles and trailing possessives.
        strict: a prediction on an optional mention of the gold is wrong, not left out.
        types: measure only mentions of these types; None measures all.
        mapping: predicate to what the gold calls it: a type, several of which one is right, {"type": …, "inverse": true},
            or None to leave it out. Predicates that the gold uses itself need no entry.
        by_entity: an end of a relation may be matched by any mention of the same entity.
        nested: predicted claims inside the content of a gold claim are wrong, not left out.
        own_voice: keep predicted claims without source and cue even if the gold has none.
    """

    names: bool = False
    trim: bool = False
    strict: bool = False
    types: frozenset[str] | None = None
    mapping: Mapping[str, Any] = field(default_factory=dict)
    by_entity: bool = False
    nested: bool = False
    own_voice: bool = False


def load_mapping(path: str) -> dict[str, Any]:
    """Read a JSON object from predicate to relation type; see `Options.mapping`.

    Raises:
        InputError: naming the file and the predicate.
    """
    mapping = parsed(text_of(path), path)
    if not isinstance(mapping, dict):
        raise InputError(f'{path}: not a JSON object; write it as {{"locatedIn": "CoLocated", …}}')
    for predicate, value in mapping.items():
        types = types_of(value)
        if value is not None and (not types or not all(isinstance(name, str) for name in types)):
            raise InputError(
                f'{path}: "{predicate}" is mapped to {json.dumps(value)}; give a type, a list of types, '
                '{"type": …, "inverse": true}, or null'
            )
    return mapping


def types_of(value: Any) -> list[Any]:
    """Give the types that a value of `Options.mapping` names; none for None."""
    types = value.get("type") if isinstance(value, dict) else value
    return types if isinstance(types, list) else [] if types is None else [types]
