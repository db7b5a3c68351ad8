"""
How compounds are met: Danish and Swedish words that no dictionary and no label holds, and the topics they are about.

    python benchmarks/compounds.py

Each of the compounds below was written down with the topics and capabilities that an official would file it under; none
of them is a label. A way *answers* where it finds anything at all, and *hits* where what it puts first is right.

`same word` looks for the dictionary form among the words of all labels, `stem` for the Snowball stem. `n-grams` are
`WordIndex.similar`, which the text signal and full text rest on: the label word that is most alike. `topics` are
`ConceptLinker`, which recognises concepts in a need by the parts of its compounds. `both` takes the n-grams where no
topic is recognised.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import tantivy
from pyoxigraph import Quad, RdfFormat, parse

from ecograph.config import Settings
from ecograph.match.projection.hierarchy import Hierarchy
from ecograph.messages import Language
from ecograph.namespaces import GRAPH
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.text.lexicon import lemma, normalise, tokenise
from ecograph.text.linking import ConceptLinker
from ecograph.text.overlap import WordIndex
from ecograph.vocabulary.concepts import Concepts

COMPOUNDS: Final[Mapping[Language, str]] = {
    "da": """
        affaldsgebyr waste-management waste-collection circular-economy waste-resources
        affaldsskakte waste-collection waste-management waste-resources
        skybrudsalarm cloudburst
        skybrudskort cloudburst
        regnvandsbed stormwater
        spildevandsprøver wastewater
        kloakrotter pest-control wastewater
        drikkevandsboringer drinking-water
        grundvandsspejl drinking-water
        vandstandsmålere water hydrology sensor-data
        badevandsprognose water-quality
        stormflodssluse coastal-flooding
        klimatilpasningsbudget climate-adaptation
        varmeforsyningsplan district-heating energy-planning energy
        fjernvarmekunder district-heating
        solcelletag solar-energy
        vindmølleejere wind-energy
        ladestanderudbud electromobility procurement
        elbilsflåde electromobility
        cykelstiplan cycling-walking
        cykelparkeringshus cycling-walking parking
        parkeringsafgift parking
        bustrafikdata public-transport
        togpassagerer rail
        trafikstøjkort noise
        gadelysmaster street-lighting lighting
        lysstyringsanlæg lighting street-lighting lighting-for-people
        ældreboliger elderly-care housing
        plejehjemspladser elderly-care
        demensvenlig elderly-care
        børnehavebyggeri social-services buildings education
        byrumsinventar public-space
        bytræspleje urban-trees
        droneinspektion drones
        dataplatformsdrift data-platform
        sensornetværksdækning sensor-network
        """,
    "sv": """
        avfallstaxa waste-management waste-collection circular-economy waste-resources
        avfallskvarnar waste-management waste-collection waste-sorting waste-resources
        skyfallslarm cloudburst
        skyfallsled cloudburst
        dagvattenbrunnar stormwater
        avloppsprover wastewater
        råttsanering pest-control
        dricksvattentäkt drinking-water
        grundvattennivåer drinking-water
        vattenståndsmätare water hydrology sensor-data
        badvattenprognos water-quality
        stormflodsvarning coastal-flooding
        klimatanpassningsbudget climate-adaptation
        fjärrvärmekunder district-heating
        solcellstak solar-energy
        vindkraftsparker wind-energy
        laddstolpsupphandling electromobility procurement
        elbilsflotta electromobility
        cykelbaneplan cycling-walking
        cykelparkeringshus cycling-walking parking
        parkeringsavgift parking
        busstrafikdata public-transport
        järnvägsstationer rail
        bullerkarta noise
        gatubelysningsstolpar street-lighting lighting
        äldreboenden elderly-care
        hemtjänstpersonal elderly-care
        demensvänlig elderly-care
        stadsrumsmöbler public-space
        stadsträdsvård urban-trees
        drönarinspektion drones
        dataplattformsdrift data-platform
        sensornätverkstäckning sensor-network
        elnätskapacitet smart-grid
        vätgasstation hydrogen
        livsmedelsavfall food waste-management circular-economy food-waste waste-sorting
        """,
}
"""Per line a compound and the slugs it may be filed under."""

Way = Callable[[str, Language], tuple[bool, frozenset[str]]]
"""From a compound to whether there is an answer, and the slugs of the concepts that come first."""


class Ways:
    """
    The ways to meet a compound.

    Args:
        hierarchy: The topics and capabilities.
    """

    def __init__(self, hierarchy: Hierarchy) -> None:
        self.names = {iri: hierarchy.names(number) for number, iri in enumerate(hierarchy.iris)}
        self.linker = ConceptLinker(self.names)
        self.words: dict[Language, dict[str, set[str]]] = {}
        self.stems: dict[Language, dict[str, set[str]]] = {}
        self.indexes: dict[Language, WordIndex] = {}
        for lang in COMPOUNDS:
            words, stems = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
            for iri, names in self.names.items():
                for token in (token.text for name in names[lang] for token in tokenise(normalise(name))):
                    words[lemma(token, lang)].add(_slug(iri))
                    stems[_stem(token, lang)].add(_slug(iri))
            self.words[lang], self.stems[lang] = dict(words), dict(stems)
            self.indexes[lang] = WordIndex([dict.fromkeys(words, 1.0)])

    def same_word(self, compound: str, lang: Language) -> tuple[bool, frozenset[str]]:
        """By the dictionary form."""
        return _answer(self.words[lang].get(lemma(compound, lang), ()))

    def stem(self, compound: str, lang: Language) -> tuple[bool, frozenset[str]]:
        """By the Snowball stem."""
        return _answer(self.stems[lang].get(_stem(compound, lang), ()))

    def grams(self, compound: str, lang: Language) -> tuple[bool, frozenset[str]]:
        """By the label word that is most alike."""
        index = self.indexes[lang]
        found = index.similar(lemma(compound, lang))
        return _answer(self.words[lang][index.words[max(found, key=lambda each: found[each])]] if found else ())

    def topics(self, compound: str, lang: Language) -> tuple[bool, frozenset[str]]:
        """By the concept that is recognised, the surest one."""
        found = sorted(self.linker.find(compound, lang), key=lambda each: (-each.weight, each.start))
        return _answer(_slug(each.iri) for each in found if each.weight == found[0].weight)

    def both(self, compound: str, lang: Language) -> tuple[bool, frozenset[str]]:
        """By the concept, else by the word that is most alike."""
        found = self.topics(compound, lang)
        return found if found[0] else self.grams(compound, lang)


def _answer(found: Iterable[str]) -> tuple[bool, frozenset[str]]:
    slugs = frozenset(found)
    return bool(slugs), slugs


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def _stem(word: str, lang: Language) -> str:
    filters = tantivy.Filter.stemmer({"da": "danish", "sv": "swedish", "en": "english"}[lang])
    analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    return "".join(analyser.filter(filters).build().analyze(word))


def hierarchy() -> Hierarchy:
    """The topics and capabilities that ship."""
    folder = Settings().resources_dir / "ontology" / "concepts"
    quads = [
        Quad(triple.subject, triple.predicate, triple.object, GRAPH["concepts"])
        for name in ("topic", "capability")
        for triple in parse(path=str(folder / f"{name}.ttl"), format=RdfFormat.TURTLE)
    ]
    with MemorySnapshot(quads) as snapshot:
        return Hierarchy(Concepts.from_snapshot(snapshot))


def main() -> int:
    """Print a table."""
    ways = Ways(hierarchy())
    known = {_slug(iri) for iri in ways.names}
    print(f"{'':12} {'same word':>12} {'stem':>12} {'n-grams':>12} {'topics':>12} {'both':>12}")
    print(f"{'':12} " + " ".join(f"{'answer  hit':>12}" for _ in range(5)))
    for lang, lines in COMPOUNDS.items():
        compounds = {line.split()[0]: frozenset(line.split()[1:]) for line in lines.strip().splitlines()}
        labels = {name.lower() for names in ways.names.values() for name in names[lang]}
        wrong = [word for word, slugs in compounds.items() if word in labels or not slugs & known]
        if wrong:
            print(f"These are labels, or are about nothing that is known: {', '.join(wrong)}")
            return 1
        cells = []
        for way in (ways.same_word, ways.stem, ways.grams, ways.topics, ways.both):
            found = [(way(word, lang), slugs) for word, slugs in compounds.items()]
            answered = sum(answer for (answer, _), _ in found) / len(found)
            hits = sum(bool(first & slugs) for (_, first), slugs in found) / len(found)
            cells.append(f"{answered:>6.2f} {hits:>5.2f}")
        print(f"{lang} {len(compounds):>3} words " + " ".join(f"{cell:>12}" for cell in cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
