"""Who gets a place, and who waits."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ecograph.isolation.lanes import Full, Lane


def line_up(threads: ThreadPoolExecutor, lane: Lane, client: str, told: list[str]) -> Future[None]:
    """Have somebody wait in the queue, and be in it before this returns."""

    def wait() -> None:
        lane.enter(client, 20)
        told.append(client)
        lane.leave(client)

    def there() -> int:
        return sum(each.client == client for each in tuple(lane._waiting))

    before = there()
    future = threads.submit(wait)
    while there() == before and not future.done():
        time.sleep(0.001)
    return future


class TestLane:
    def test_place_goes_to_who_has_fewest(self) -> None:
        """
        A client that has a place already waits behind those that have none, and among those the first comes first.
        """
        lane, told = Lane(2, queue=9), list[str]()
        with ThreadPoolExecutor(9) as threads:
            lane.enter("greedy", 1)
            lane.enter("other", 1)
            waiting = [line_up(threads, lane, client, told) for client in ("greedy", "b", "c")]
            assert lane.is_wanted("greedy")
            lane.leave("other")
            for each in waiting:
                each.result()
        assert told == ["b", "c", "greedy"]

    def test_full_queue_is_shared_too(self) -> None:
        """
        When the queue is full, the last of the client with the most makes room for a client with fewer.
        """
        lane, told = Lane(1, queue=3), list[str]()
        with ThreadPoolExecutor(9) as threads:
            lane.enter("x", 1)
            greedy = [line_up(threads, lane, "greedy", told) for _ in range(3)]
            with pytest.raises(Full):
                lane.enter("greedy", 1)
            other = line_up(threads, lane, "other", told)
            with pytest.raises(Full):
                greedy[2].result()
            lane.leave("x")
            other.result()
            greedy[1].result()
        assert sorted(told) == ["greedy", "greedy", "other"]

    def test_waiting_has_an_end(self) -> None:
        """
        Whoever has waited too long gives the place in the queue up, and nothing is lost by it.
        """
        lane = Lane(1, queue=1)
        lane.enter("a", 1)
        with pytest.raises(Full):
            lane.enter("b", 0.01)
        lane.leave("a")
        lane.enter("b", 1)

    def test_closing_turns_everybody_away(self) -> None:
        """
        After closing nobody waits and nobody comes in.
        """
        lane, told = Lane(1, queue=9), list[str]()
        with ThreadPoolExecutor(2) as threads:
            lane.enter("a", 1)
            waiting = line_up(threads, lane, "b", told)
            lane.close()
            with pytest.raises(Full):
                waiting.result()
        assert not lane.try_enter("c")
        with pytest.raises(Full):
            lane.enter("c", 1)

    def test_places_are_never_lost(self) -> None:
        """
        However many come and go at once, no more are inside than there are places, and in the end all are free.
        """
        lane, inside, most, guard = Lane(3, queue=100), 0, 0, threading.Lock()

        def visit(n: int) -> None:
            nonlocal inside, most
            lane.enter(f"client-{n % 5}", 20)
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.0005)
            with guard:
                inside -= 1
            lane.leave(f"client-{n % 5}")

        with ThreadPoolExecutor(20) as threads:
            list(threads.map(visit, range(300)))
        assert most <= 3
        assert [lane.try_enter("x") for _ in range(4)] == [True, True, True, False]
