from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, QuerySolutions

from ecograph.errors import BadParameter, UnknownThing
from ecograph.query.catalogue import Catalogue, parse
from ecograph.query.parameters import bind, faults
from ecograph.store.oxigraph import MemorySnapshot

LABEL = "{da: a, sv: b, en: c}"
TEXT = f"""#+ theme: needs
#+ summary: {LABEL}
#+ description: {LABEL}
#+ answers: CQ-07
#+ parameters:
#+   need: {{kind: iri, class: eco:Need, label: {LABEL}}}
#+   country: {{kind: concept, scheme: country, optional: true, many: true, label: {LABEL}}}
#+   words: {{kind: string, optional: true, label: {LABEL}}}
#+   year: {{kind: year, optional: true, label: {LABEL}}}
#+   amount: {{kind: decimal, optional: true, label: {LABEL}}}
#+   number: {{kind: integer, optional: true, label: {LABEL}}}
#+   day: {{kind: date, optional: true, label: {LABEL}}}
#+   side: {{kind: string, optional: true, values: [dk, no], label: {LABEL}}}
#+ returns: [x]
PREFIX eco: <https://w3id.org/ecograph/ns#>
SELECT ?x WHERE {{
  VALUES ?need {{ <https://w3id.org/ecograph/id/need/n09> }}
  VALUES ?country {{ <https://w3id.org/ecograph/concept/country/dk> }}
  VALUES ?words {{ "a" }}
  VALUES ?year {{ "2024"^^<http://www.w3.org/2001/XMLSchema#gYear> }}
  VALUES ?amount {{ 1.5 }}
  VALUES ?number {{ 1 }}
  VALUES ?day {{ "2024-01-31"^^<http://www.w3.org/2001/XMLSchema#date> }}
  VALUES ?side {{ "dk" }}
  ?x ?p ?need .
}}
"""
QUERY = parse("example", TEXT)
QUERY_KINDS = {each.name: each.kind for each in QUERY.parameters}
HOSTILE = [
    '"',
    "\\",
    "\n",
    "> } #",
    '" } #',
    "' } SERVICE <http://127.0.0.1/> {",
    "\u2028",
    "\\u0022",
    "{",
    "%22",
    "<urn:a>",
]


def line(name: str, **values: str | list[str]) -> str:
    bound = bind(QUERY, {"need": "need/n01", **values}).text
    return next(each.strip() for each in bound.splitlines() if f"?{name} {{" in each)


def line_of(text: str, name: str) -> str:
    return next(each.strip() for each in text.split("\n") if each.strip().startswith(f"VALUES ?{name} {{"))


class TestCatalogue:
    def test_header_becomes_values(self) -> None:
        """
        A question says in three languages what it asks, for which values, and what comes back.
        """
        assert QUERY.summaries == {"da": "a", "sv": "b", "en": "c"}
        assert QUERY.answers == ("CQ-07",)
        assert QUERY.parameters[0].of_class is not None
        assert QUERY.parameters[0].example == "https://w3id.org/ecograph/id/need/n09"
        assert QUERY.parameters[7].values == ("dk", "no")

    @pytest.mark.parametrize(
        ("before", "after", "fault"),
        [
            (f"summary: {LABEL}", "summary: {da: a, en: c}", "summary is needed in da, sv, en"),
            ("#+ returns: [x]\n", "", "returns is missing"),
            ("kind: year", "kind: era", "year: the kind is one of"),
            ("scheme: country, ", "", "has a scheme"),
            ("  VALUES ?number { 1 }\n", "", "parameters and VALUES lines differ"),
            ("#+ returns", "#+ colour: red\n#+ returns", "unknown colour"),
            ("#+   year:", "#+   words: {kind: string}\n#+   year:", "written twice"),
            ("optional: true, many", "optional: yes, many", "optional is true or false"),
            ("eco:Need", "what:Need", "unknown prefix"),
            ("theme: needs", "theme: weather", "the theme is one of"),
            ("#+ theme: needs\n", "", "the theme is one of"),
            ("returns: [x]", "returns: [x]\n#+ chart: {value: y, by: x}", "draws columns that are not returned"),
            ("returns: [x]", "returns: [x]\n#+ chart: {value: x}", "chart: 'by' is missing"),
            ("kind: date, optional: true", "kind: date, optional: true, default: '2026-01-01'", "is never left out"),
            ("  words: ", "  at: ", "at: no parameter is called so"),
        ],
    )
    def test_header_that_does_not_fit_is_a_fault_of_ours(self, before: str, after: str, fault: str) -> None:
        """
        A faulty question stops the start, and names its file.
        """
        with pytest.raises(ValueError, match=f"queries/example.rq: .*{fault}"):
            parse("example", TEXT.replace(before, after, 1))

    def test_unknown_question_is_told_apart(self) -> None:
        """
        A question that is not there is the asker's to put right.
        """
        with pytest.raises(UnknownThing):
            Catalogue({}).question("none")


class TestBind:
    def test_values_become_terms_of_their_kind(self) -> None:
        """
        Each value is written as a term: a thing by its short name, a concept by its slug, literals with their datatype.
        """
        assert line("need") == "VALUES ?need { <https://w3id.org/ecograph/id/need/n01> }"
        assert line("country", country=["dk", "se"]) == (
            "VALUES ?country { <https://w3id.org/ecograph/concept/country/dk> "
            "<https://w3id.org/ecograph/concept/country/se> }"
        )
        assert line("year", year="1999") == 'VALUES ?year { "1999"^^<http://www.w3.org/2001/XMLSchema#gYear> }'
        assert line("amount", amount="-1.50").startswith('VALUES ?amount { "-1.5"^^')
        assert line("day", day="2026-12-31").startswith('VALUES ?day { "2026-12-31"^^')

    def test_what_is_not_given_restricts_nothing(self) -> None:
        """
        An optional value that is left out is unbound; a needed one is asked for.
        """
        assert line("country") == "VALUES ?country { UNDEF }"
        with pytest.raises(BadParameter):
            bind(QUERY, {})

    def test_default_is_taken_where_nothing_is_given(self) -> None:
        """
        A value with a default may be left out, and a reader's language is English where nobody says another.
        """
        header = TEXT.replace("year: {kind: year, optional: true", "year: {kind: year, default: '2020'")
        question = parse("example", header)
        assert not question.parameters[3].required
        assert '"2020"^^' in bind(question, {"need": "need/n01"}).text
        assert '"2020"^^' in bind(question, {"need": "need/n01", "year": " "}).text
        assert '"1999"^^' in bind(question, {"need": "need/n01", "year": "1999"}).text

    def test_value_is_looked_for_where_the_question_is_asked(self) -> None:
        """
        A thing or concept that the graph does not have is a fault; lists in the header and defaults need no graph.
        """
        with pytest.raises(BadParameter) as fault:
            bind(QUERY, {"need": "need/n01", "side": "dk"}, lambda parameter, _: parameter.name != "need")
        assert fault.value.values["name"] == "need"
        assert bind(QUERY, {"need": "need/n01", "side": "dk"}, lambda parameter, _: parameter.name == "need")

    def test_fault_is_a_sentence_with_an_example(self) -> None:
        """
        What is missing or wrong is told in words in three languages, and what may be written instead.
        """
        (missing,) = faults(QUERY, {})
        assert missing.message("en") == "“need” is missing. Write for example need=need/n09."
        assert missing.message("da") == "»need« mangler. Skriv for eksempel need=need/n09."
        assert missing.message("sv") == "”need” saknas. Skriv till exempel need=need/n09."
        wrong, unknown = faults(QUERY, {"need": "need/n01", "year": "99"}) + faults(
            QUERY, {"need": "need/n01", "colour": "red"}
        )
        assert wrong.message("en") == "“year” cannot be “99”: that is not a year. Write for example 2024."
        assert "day, side, at" in unknown.message("en")

    def test_every_fault_is_told(self) -> None:
        """
        All that is wrong with what was given is known at once, by parameter.
        """
        given = {"country": "dk> <x", "year": "99", "colour": "red"}
        assert {fault.values["name"] for fault in faults(QUERY, given)} == {"need", "country", "year", "colour"}

    @given(
        name=st.sampled_from([each.name for each in QUERY.parameters]),
        value=st.text(max_size=60)
        | st.sampled_from(HOSTILE).flatmap(lambda bad: st.just(f"need/{bad}") | st.just(bad)),
    )
    @settings(max_examples=400, deadline=None)
    def test_value_is_bound_as_one_term_or_refused(self, name: str, value: str) -> None:
        """
        Whatever is given for a parameter, the query differs from the file in that one term, or is not made at all.
        """
        values = {"need": "need/n01", name: value}
        wrong = [str(fault.values["name"]) for fault in faults(QUERY, values)]
        if wrong:
            assert wrong == [name]
            return
        bound = bind(QUERY, values).text
        before, after = QUERY.text.split("\n"), bound.split("\n")
        changed = {line.split()[1] for line, other in zip(before, after, strict=True) if line != other}
        assert changed <= {f"?{each.name}" for each in QUERY.parameters}
        rows = MemorySnapshot().query(f"SELECT ?{name} WHERE {{ {line_of(bound, name)} }}")
        assert isinstance(rows, QuerySolutions)
        terms = [row[name] for row in rows]
        assert len(terms) == 1
        if QUERY_KINDS[name] == "string" and value.strip():
            assert isinstance(terms[0], Literal)
            assert terms[0].value.strip() == value.strip()

    def test_text_cannot_leave_its_literal(self) -> None:
        """
        Quotes, backslashes, line breaks and braces of a value stay inside its literal.
        """
        hostile = '" } } SERVICE <http://127.0.0.1/> { ?s ?p "\\\n'
        bound = bind(QUERY, {"need": "need/n01", "words": hostile})
        assert '"\\" } } SERVICE <http://127.0.0.1/> { ?s ?p \\"\\\\\\n"' in bound.text or bound.kind == "SELECT"
        assert len(bound.text.splitlines()) == len(QUERY.text.splitlines())

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("need", "http://example.org/> } #"),
            ("need", "file:///etc/passwd"),
            ("need", "need/../x"),
            ("country", "dk> <x"),
            ("year", "99"),
            ("number", "1.5"),
            ("number", "1" * 30),
            ("amount", "NaN"),
            ("day", "31.12.2026"),
            ("side", "se"),
            ("words", "x" * 3000),
            ("other", "x"),
        ],
    )
    def test_value_of_another_kind_is_refused(self, name: str, value: str) -> None:
        """
        A value that is not of the parameter's kind is named, and nothing is run.
        """
        with pytest.raises(BadParameter) as fault:
            bind(QUERY, {"need": "need/n01", name: value})
        assert fault.value.values["name"] == name

    @pytest.mark.parametrize(
        ("value", "bound"), [("1.50", "1.5"), ("-2e3", "-2000"), ("1e-30", "0"), ("+7", "7"), (" 0.25\n", "0.25")]
    )
    def test_number_as_programs_write_it(self, value: str, bound: str) -> None:
        """
        A decimal may be written with an exponent, as programs do, and is bound without one, as XSD has it.
        """
        assert f'"{bound}"^^' in bind(QUERY, {"need": "need/n01", "amount": value}).text

    def test_one_value_where_one_is_asked_for(self) -> None:
        """
        Two values for a question about one need are an error, not a choice.
        """
        with pytest.raises(BadParameter):
            bind(QUERY, {"need": ["need/n01", "need/n02"]})
