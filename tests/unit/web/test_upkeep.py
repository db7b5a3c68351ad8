"""Facts about what the service does by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pyoxigraph import NamedNode

from ecograph.contribute.desk import OPERATOR, Options
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rights import Who
from ecograph.identifiers import thing_iri
from ecograph.ledger.partners import Role
from ecograph.ledger.records import State
from ecograph.web.upkeep import Upkeep
from service import SHORE, Service

NEED = b"id,title_da,description_da,topic,country\nudloeber,Kort behov,Tekst.,cloudburst,dk\n"


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


class TestUpkeep:
    def test_what_is_due_goes_and_what_waits_is_checked(self, service: Service) -> None:
        """
        A contribution whose day has come leaves the graph, and the queue of things to check gets empty.
        """
        ecograph, who = service.ecograph, Who(f"{SHORE}/test", SHORE, Role.CONTRIBUTOR)
        case = ecograph.desk.receive([SourceFile("need.csv", NEED)], Options(), who)
        contribution_id = case.contribution.id
        ecograph.desk.submit(contribution_id, who)
        ecograph.desk.approve(contribution_id, OPERATOR)
        ecograph.ledger.renew(contribution_id, datetime.now(UTC).date(), "operator")
        need: NamedNode = thing_iri("need", f"{SHORE}_udloeber")
        ecograph.ledger.queue_checks([need], ecograph.revision)
        keeper = Upkeep(ecograph, first_s=0.01, every_s=0.05)
        keeper.start()
        try:
            until(lambda: ecograph.ledger.contribution(contribution_id).state == State.EXPIRED)
            until(lambda: not ecograph.ledger.queued_checks(10))
        finally:
            keeper.stop()
        with ecograph.snapshot() as snapshot:
            assert list(snapshot.quads(need)) == []
