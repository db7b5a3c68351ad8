"""The form of a question: a field per parameter, filled with what was given, with what is wrong beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from pyoxigraph import NamedNode

from ecograph.identifiers import concept_iri
from ecograph.namespaces import ID
from ecograph.query.catalogue import CatalogueQuery, Parameter
from ecograph.query.parameters import Fits, faults, short
from ecograph.spelling import fold
from ecograph.web.language import collated
from ecograph.web.reading.directory import Filter, Summary
from ecograph.web.views.words import Link, Reader

Widget = Literal["select", "search", "date", "number", "text"]

_MOST_OPTIONS: Final = 60
"""Things of a class that are chosen from a list; of more, one is found by its name."""

_MOST_OFFERED: Final = 600
"""Names that a field for searching offers; more would make the page slow to load."""

_MOST_CHOICES: Final = 8
_WIDGETS: Final[Mapping[str, Widget]] = {"date": "date", "integer": "number", "year": "number"}


@dataclass(frozen=True, slots=True)
class Option:
    """A value with its name."""

    value: str
    name: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of the form.

    Args:
        name: The parameter.
        label: What it is called.
        widget: How it is filled in.
        value: What was given, for a field that holds one value.
        options: What there is to choose from, or is offered while typing.
        many: Whether several may be chosen.
        optional: Whether it may be left empty.
        hint: How to fill it in.
        chosen: The name of the thing that was given by its id.
        fault: What is wrong with what was given.
        choices: The things it may have meant, by value.
    """

    name: str
    label: str
    widget: Widget
    value: str
    options: tuple[Option, ...] = ()
    many: bool = False
    optional: bool = False
    hint: str = ""
    chosen: str = ""
    fault: str = ""
    choices: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Form:
    """
    What somebody asks a question with.

    Args:
        fields: A field per parameter, without those that take the reader's language.
        values: The values that are run, by parameter.
        unknown: Names of values that the question does not have.
    """

    fields: tuple[Field, ...]
    values: Mapping[str, Sequence[str]]
    unknown: tuple[str, ...] = field(default=())

    @property
    def right(self) -> bool:
        """Whether the question can be asked."""
        return not self.unknown and not any(each.fault for each in self.fields)


def form(question: CatalogueQuery, given: Mapping[str, Sequence[str]], words: Reader, fits: Fits) -> Form:
    """
    The form of a question.

    Args:
        question: What is asked.
        given: The values in the address; none at all for the question's examples.
        words: The reader.
        fits: What the revision that is asked has of things and concepts.
    """
    asked = {each.name: each for each in question.parameters if each.kind != "language"}
    start: Mapping[str, Sequence[str]] = given or {name: [each.example] for name, each in asked.items()}
    values: dict[str, list[str]] = {}
    choices: dict[str, tuple[Option, ...]] = {}
    unclear: dict[str, str] = {}
    for name, parameter in asked.items():
        said = [short(parameter, value.strip()) for value in start.get(name, ()) if value.strip()]
        if not said and parameter.default is not None:
            said = [parameter.default]
        if parameter.kind == "iri" and said:
            said, unclear[name], choices[name] = _resolved(parameter, said, words, fits)
        values[name] = said
    wrong = {str(fault.values["name"]): fault for fault in faults(question, values, fits)} if given else {}
    fields = tuple(
        _field(
            parameter,
            values[name],
            words,
            unclear.get(name) or (_fault(parameter, values[name], words) if name in wrong else ""),
            choices.get(name, ()),
        )
        for name, parameter in asked.items()
    )
    unknown = tuple(name for name in given if name not in asked and name != "lang")
    return Form(fields, {name: said for name, said in values.items() if said}, unknown)


def things_of(of_class: NamedNode | None, words: Reader) -> list[Summary]:
    """The things of a class and its subclasses by name; of any class for None."""
    view = words.view
    kinds = {
        slug
        for slug, template in view.contract.templates.items()
        if of_class in (None, template.target_class, *view.ontology.superclasses(template.target_class))
    }
    found = [each for each in words.directory.things.values() if each.kind in kinds]
    return sorted(found, key=lambda each: (collated(each.name(words.lang)[0], words.lang), each.iri.value))


def _resolved(
    parameter: Parameter, said: Sequence[str], words: Reader, fits: Fits
) -> tuple[list[str], str, tuple[Option, ...]]:
    """Things by their id, or by a name that means one of them alone; else what is unclear."""
    known = words.directory.things
    found: list[str] = []
    for value in said:
        iri = NamedNode(ID.iri + value) if _is_id(value) else None
        if iri in known or value.startswith("http") or (iri is not None and fits(parameter, iri)):
            found.append(value)
            continue
        of_class = {each.iri for each in things_of(parameter.of_class, words)}
        hits = [
            each
            for each in words.directory.find(Filter(text=value), words.lang, limit=200).items
            if each.iri in of_class
        ]
        exact = [each for each in hits if fold(value) in words.directory.texts[each.iri].split("\n")]
        if len(exact) == 1 or len(hits) == 1:
            found.append((exact or hits)[0].id)
        elif hits:
            options = tuple(Option(each.id, each.name(words.lang)[0]) for each in hits[:_MOST_CHOICES])
            return [value], words.say("queries.fault.several"), options
        else:
            return [value], words.say("queries.fault.iri", value=value[:100]), ()
    return found, "", ()


def _is_id(value: str) -> bool:
    return all(letter.isalnum() or letter in "-_/" for letter in value) and value.isascii()


def _fault(parameter: Parameter, said: Sequence[str], words: Reader) -> str:
    if not said:
        return words.say("queries.fault.missing")
    # Names of nothing are told where they are looked up; this is a thing of another kind, or an address of nothing.
    return words.say(
        f"queries.fault.{'other' if parameter.kind == 'iri' else parameter.kind}",
        value=", ".join(said)[:100],
        example=short(parameter, parameter.example),
    )


def _field(parameter: Parameter, said: Sequence[str], words: Reader, fault: str, choices: tuple[Option, ...]) -> Field:
    widget, options = _options(parameter, frozenset(said), words)
    hint, chosen = "", ""
    if widget == "search":
        hint = words.say("queries.hint-thing", example=short(parameter, parameter.example))
        if said and not fault and _is_id(said[0]):
            chosen = words.say("queries.chosen", name=words.link(NamedNode(ID.iri + said[0])).text)
    elif parameter.many:
        hint = words.say("queries.hint-many")
    return Field(
        name=parameter.name,
        label=parameter.labels[words.lang],
        widget=widget,
        value=said[0] if said else "",
        options=options,
        many=parameter.many,
        optional=parameter.optional,
        hint=hint,
        chosen=chosen,
        fault=fault,
        choices=choices,
    )


def _options(parameter: Parameter, said: frozenset[str], words: Reader) -> tuple[Widget, tuple[Option, ...]]:
    if parameter.kind == "concept":
        pairs = [(slug, words.link(concept_iri(str(parameter.scheme), slug)).text) for slug in parameter.values]
        return "select", tuple(Option(slug, name, slug in said) for slug, name in pairs or _concepts(parameter, words))
    if parameter.kind == "iri":
        things = [(each.id, each.name(words.lang)[0]) for each in things_of(parameter.of_class, words)]
        offered = tuple(Option(value, name, value in said) for value, name in things)
        known = said <= {value for value, _ in things}
        if len(things) <= _MOST_OPTIONS and known:
            return "select", offered
        return "search", offered if len(things) <= _MOST_OFFERED else ()
    if parameter.values:
        return "select", tuple(Option(value, value, value in said) for value in parameter.values)
    return _WIDGETS.get(parameter.kind, "text"), ()


def _concepts(parameter: Parameter, words: Reader) -> list[tuple[str, str]]:
    """The concepts of a scheme with their names: a scale from low to high, any other in the order of the alphabet."""
    concepts = words.view.concepts
    members = concepts.in_scheme(str(parameter.scheme))
    pairs = [(short(parameter, iri.value), concepts.label(iri, words.lang)) for iri in members]
    is_scale = list(members) != sorted(members, key=lambda iri: iri.value)
    return pairs if is_scale else sorted(pairs, key=lambda pair: collated(pair[1], words.lang))


def link_to(question: CatalogueQuery, words: Reader) -> Link:
    """A question, leading to its page."""
    return Link(question.summaries[words.lang], f"/{words.lang}/queries/{question.slug}")
