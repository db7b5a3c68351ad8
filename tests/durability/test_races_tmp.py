"""Two contributions that are right alone and wrong together, approved at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from ecograph.contribute import tasks
from ecograph.contribute.desk import OPERATOR, Desk, Options, Who
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.rules import Rules
from ecograph.contribute.staging import stage
from ecograph.errors import Rejected
from ecograph.identifiers import COMMON, Space
from ecograph.ledger.partners import Role
from ecograph.ledger.records import ContributionRecord, State
from ecograph.ledger.sql import Ledger
from ecograph.shacl import impact
from ecograph.store.oxigraph import EmbeddedStore

RACES = 40
SHORE, HILL = "synthetic-shore", "synthetic-hill"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ROOT = Path(__file__).parents[2]


@dataclass
class Office:
    """A desk with two partners, and a register of synthetic needs that both may speak of."""

    desk: Desk
    ledger: Ledger
    store: EmbeddedStore
    publisher: Publisher
    rules: Rules

    def submitted(self, partner: str, name: str, content: str, **options: object) -> str:
        """A contribution that waits for approval."""
        who = Who(f"{partner}/test", partner, Role.CONTRIBUTOR)
        files = [SourceFile(name, content.encode())]
        case = self.desk.receive(files, Options(**options), who)  # type: ignore[arg-type]
        assert case.staged is not None
        assert case.staged.conforms, case.staged.report.violations
        self.desk.submit(case.contribution.id, who)
        return case.contribution.id

    def published(self, partner: str, name: str, content: str) -> str:
        """A contribution that is published."""
        contribution_id = self.submitted(partner, name, content)
        self.desk.approve(contribution_id, OPERATOR)
        return contribution_id

    def faults(self) -> list[str]:
        """What is wrong with any thing in the graph."""
        with self.store.snapshot() as snapshot:
            nodes = {quad.subject for quad in snapshot.quads() if isinstance(quad.subject, NamedNode)}
            report = impact.recheck(nodes, snapshot, self.rules.background, self.rules.shapes)
        return [finding.messages["en"] for finding in report.violations]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    rules = Rules.load(ROOT)
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as ledger:
        store = EmbeddedStore.open(tmp_path / "store")
        publisher = Publisher(ledger, store)
        for slug in (SHORE, HILL, "register"):
            ledger.partners.add(slug, f"Synthetic {slug}", f"https://example.org/{slug}", LICENCE)
        desk = Desk(ledger, store, publisher, rules, tasks.in_process(rules))
        register(rules, ledger, publisher)
        yield Office(desk, ledger, store, publisher, rules)
        store.close()


def register(rules: Rules, ledger: Ledger, publisher: Publisher) -> None:
    """A register of one need per race, in the common space."""
    rows = (f"n{number},Need {number},dk\n" for number in range(RACES))
    table = SourceFile("need.csv", ("id,title_en,country\n" + "".join(rows)).encode())
    staged = stage([table], "register", rules, None, mode="whole", space=COMMON, rows_only=True)
    assert staged.conforms, staged.report.violations
    record = ContributionRecord("register", "Register", LICENCE, "", staged.sha256, staged.payload, "operator")
    contribution_id = ledger.receive(record)
    ledger.decide(contribution_id, State.APPROVED, "operator")
    publisher.publish(contribution_id, staged.patch, "operator")


def two_titles(office: Office, number: int) -> tuple[str, str]:
    """Each says what a need of the register is called in Danish: a thing has one title in a language."""
    return tuple(  # type: ignore[return-value]
        office.submitted(partner, "need.csv", f"id,title_da,country\nneed/n{number},Kaldt af {partner},dk\n")
        for partner in (SHORE, HILL)
    )


def two_deadlines(office: Office, number: int) -> tuple[str, str]:
    """Each says until when a need of the register must be met: a need has one deadline."""
    return tuple(  # type: ignore[return-value]
        office.submitted(partner, "need.csv", f"id,title_en,country,deadline\nneed/n{number},Need {number},dk,{day}\n")
        for partner, day in ((SHORE, "2027-01-01"), (HILL, "2027-02-02"))
    )


def replaced_and_referred_to(office: Office, number: int) -> tuple[str, str]:
    """One replaces its solutions and leaves one out; another partner says where that one is in use."""
    return _left_out(office, number), _in_use(office, SHORE, number)


def replaced_and_referred_to_by_oneself(office: Office, number: int) -> tuple[str, str]:
    """A partner replaces its solutions and leaves one out, and says elsewhere where that one is in use."""
    return _left_out(office, number), _in_use(office, HILL, number)


def _left_out(office: Office, number: int) -> str:
    header = "id,title_en,kind,topic\n"
    office.published(HILL, "solution.csv", f"{header}pump{number},Pump,service,cloudburst\n")
    return office.submitted(HILL, "solution.csv", f"{header}gate{number},Gate,service,cloudburst\n", mode="replace")


def _in_use(office: Office, partner: str, number: int) -> str:
    solution = Space(HILL).iri("solution", f"pump{number}").value.rpartition("/")[2]
    content = f"id,solution,site,stage\nd{number},solution/{solution},Havnen,in-use\n"
    return office.submitted(partner, "deployment.csv", content)


SCENES: tuple[Callable[[Office, int], tuple[str, str]], ...] = (
    two_titles,
    two_deadlines,
    replaced_and_referred_to,
    replaced_and_referred_to_by_oneself,
)


def race(office: Office, contributions: tuple[str, str]) -> list[str]:
    """Approve both at the same moment; returns what became of them."""
    barrier = threading.Barrier(len(contributions))
    outcomes: list[str] = []

    def approve(contribution_id: str) -> None:
        barrier.wait()
        try:
            office.desk.approve(contribution_id, OPERATOR)
            outcomes.append("accepted")
        except Rejected as rejected:
            outcomes.append("rejected" if rejected.findings else "rejected without a reason")

    threads = [threading.Thread(target=approve, args=(contribution_id,)) for contribution_id in contributions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_hundred_races(office: Office) -> None:
    """
    Of two contributions that are right alone and wrong together, exactly one is accepted, in each of two hundred races;
    the other is returned with its findings, and the graph conforms after each.
    """
    assert office.faults() == []
    for number in range(RACES):
        contributions = SCENES[number % len(SCENES)](office, number)
        assert race(office, contributions) == ["accepted", "rejected"], SCENES[number % len(SCENES)].__name__
        states = sorted(office.ledger.contribution(each).state for each in contributions)
        assert states == [State.PUBLISHED, State.RETURNED]
        assert office.faults() == []
        [accepted] = [each for each in contributions if office.ledger.contribution(each).state is State.PUBLISHED]
        office.desk.withdraw(accepted, OPERATOR, "the next race")
    office.publisher.verify()
