"""Workers that are lost, and what is left of them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from anyio.to_thread import current_default_thread_limiter

from ecograph.errors import ContributionBusy
from ecograph.isolation.frames import Head
from ecograph.isolation.process import Cause, Died

from .probes import Probes

Asking = Callable[..., tuple[Head, bytes]]


class TestAnswers:
    def test_large_body_goes_there_and_back(self, probes: Probes) -> None:
        """
        A body far larger than a pipe holds arrives whole, both ways.
        """
        body = os.urandom(1 << 20)
        assert probes.ask("echo", body=body)[1] == body

    def test_what_is_printed_does_not_get_between_answers(self, probes: Probes) -> None:
        """
        A library that prints does not break what a worker says.
        """
        assert probes.ask("chatter")[0]["did"] == "quiet"
        assert probes.ask("echo", body=b"x")[1] == b"x"

    def test_surprise_comes_with_its_trace(self, probes: Probes) -> None:
        """
        A fault of ours in a worker reaches the log of the service with the place where it happened.
        """
        head, _ = probes.ask("nonsense")
        assert head["error"] == "failed"
        assert "probes.py" in head["trace"]

    def test_panic_retires_the_worker(self, probes: Probes) -> None:
        """
        After a native library has given up, its worker is not asked again.
        """
        assert probes.ask("panic")[0]["retire"]
        assert probes.pids == ()
        assert probes.ask("echo", body=b"x")[1] == b"x"


class TestOnTheEventLoop:
    @pytest.mark.parametrize("size_bytes", [0, 1, 30_000, 1 << 20])
    def test_answer_is_the_same(self, probes: Probes, size_bytes: int) -> None:
        """
        Whoever waits on an event loop gets what a thread gets: of a worker that is up or not, at once or in pieces.
        """
        body = os.urandom(size_bytes)
        for _ in range(3):
            assert probes.ask_on_loop("echo", body=body) == ({"did": "", "retire": False}, body)
        assert len(probes.pids) == 1

    def test_answer_may_take_its_time(self, probes: Probes) -> None:
        """
        An answer that does not come at once is waited for until the deadline, and so is a long one.
        """
        assert probes.ask_on_loop("sleep", 0.0)[0]["did"] == "None"
        assert probes.ask_on_loop("sleep", 0.2)[0]["did"] == "None"
        assert len(probes.ask_on_loop("answer_much")[0]["did"]) == 500_000

    def test_answer_of_some_pages_needs_no_thread(self, probes: Probes) -> None:
        """
        An answer that is longer than a buffer, but there at once, is passed on where no thread can be had.
        """
        body = os.urandom(30_000)

        async def without_threads() -> list[object]:
            await probes.asking("echo")
            limiter = current_default_thread_limiter()
            limiter.total_tokens = 1
            async with limiter:
                asked = [asyncio.wait_for(probes.asking("echo", body=body), timeout=1) for _ in range(5)]
                return [(await asyncio.gather(each, return_exceptions=True))[0] for each in asked]

        # A busy machine may be late now and then, and then a thread is asked for.
        assert ({"did": "", "retire": False}, body) in asyncio.run(without_threads())

    @pytest.mark.parametrize(("what", "cause"), [("loop", "deadline"), ("crash", "stack")])
    def test_cause_of_a_death_is_told(self, probes: Probes, what: str, cause: Cause) -> None:
        """
        A worker that loops or crashes is gone, and why is known; the next request has another.
        """
        probes.ask("echo")
        with pytest.raises(Died) as died:
            probes.ask_on_loop(what)
        assert died.value.cause == cause
        assert probes.ask_on_loop("echo", body=b"x")[1] == b"x"

    def test_others_go_on_meanwhile(self, probes: Probes) -> None:
        """
        While one request waits, the event loop answers others; a full queue is said at once.
        """

        async def all_at_once() -> list[object]:
            await asyncio.gather(probes.asking("echo"), probes.asking("echo"))  # both workers are up
            asked = [asyncio.ensure_future(probes.asking("sleep", 0.3)) for _ in range(4)]
            return await asyncio.gather(*asked, return_exceptions=True)

        answers = asyncio.run(all_at_once())
        assert [type(answer) for answer in answers].count(ContributionBusy) == 1
        assert sum(isinstance(answer, tuple) for answer in answers) == 3

    def test_waiting_that_is_given_up_gives_the_place_back(self, probes: Probes) -> None:
        """
        When nobody waits any more, the worker is ended and the place is free.
        """

        async def give_up() -> None:
            asking = asyncio.ensure_future(probes.asking("sleep", 0.3))
            await asyncio.sleep(0.005)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

        probes.ask("echo")
        before = probes.pids
        asyncio.run(give_up())
        assert probes.pids == ()
        assert all(not psutil.pid_exists(pid) for pid in before)
        for _ in range(2):
            assert probes.ask_on_loop("echo", body=b"x")[1] == b"x"


class TestDeaths:
    @pytest.mark.parametrize(("what", "cause"), [("loop", "deadline"), ("exhaust_stack", "stack"), ("crash", "stack")])
    def test_cause_is_told(self, probes: Probes, what: str, cause: Cause) -> None:
        """
        A worker that loops, overflows its stack or crashes is gone at its deadline, and why is known.
        """
        started = time.monotonic()
        with pytest.raises(Died) as died:
            probes.ask(what)
        assert died.value.cause == cause
        assert time.monotonic() - started < 10
        assert probes.ask("echo", body=b"x")[1] == b"x"

    def test_memory_has_a_cap(self, probes: Probes) -> None:
        """
        A request for more memory than allowed is refused, and its worker retired.
        """
        head, _ = probes.ask("allocate")
        assert (head["error"], head["what"], head["retire"]) == ("too-big", "memory", True)

    def test_answer_longer_than_agreed_is_not_read(self, probes: Probes) -> None:
        """
        A worker cannot fill the memory of the service with its answer.
        """
        with pytest.raises(Died) as died:
            probes.ask("echo", body=bytes(2 << 20))
        assert died.value.cause == "memory"

    def test_worker_that_does_not_listen_is_killed(self, probes: Probes) -> None:
        """
        A request that a stopped worker does not take is over at its deadline.
        """
        probes.ask("echo")
        (pid,) = probes.pids
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(Died) as died:
            probes.ask("echo", body=bytes(1 << 20))
        assert died.value.cause == "deadline"
        assert not psutil.pid_exists(pid)

    def test_worker_ends_when_its_service_is_gone(self) -> None:
        """
        A worker whose pipes close ends by itself.
        """
        pool = Probes()
        pool.ask("echo")
        worker = pool._idle[0]
        worker._requests.close()
        assert worker.process.wait(timeout=5) == 0
        pool.close()


class TestKeeping:
    def test_lost_worker_is_replaced_at_once(self) -> None:
        """
        A pool that keeps its workers has another one up before it is needed.
        """
        with Probes(keep=True) as pool:
            pool.start()
            before = set(pool.pids)
            with pytest.raises(Died):
                pool.ask("crash")
            assert len(pool.pids) == 2
            assert len(before & set(pool.pids)) == 1

    @pytest.mark.parametrize("ask", [Probes.ask, Probes.ask_on_loop])
    def test_worker_that_dies_while_idle_is_replaced(self, probes: Probes, ask: Asking) -> None:
        """
        A worker killed by the system is not noticed by the next request.
        """
        probes.ask("echo")
        (pid,) = probes.pids
        os.kill(pid, signal.SIGKILL)
        probes._idle[0].process.wait(timeout=5)
        assert ask(probes, "echo", body=b"x")[1] == b"x"

    def test_full_queue_answers_at_once(self, probes: Probes) -> None:
        """
        With every worker taken and the queue full, a request is turned away with a time to come back.
        """
        with ThreadPoolExecutor(3) as threads:
            running = [threads.submit(probes.ask, "loop") for _ in range(3)]
            time.sleep(0.5)
            with pytest.raises(ContributionBusy) as busy:
                probes.ask("echo")
            assert busy.value.values["seconds"] == 1
            assert all(isinstance(each.exception(), Died | ContributionBusy) for each in running)

    def test_closing_leaves_nothing_behind(self) -> None:
        """
        After requests that died and a closed pool there is no child process and no open descriptor more.
        """
        me = psutil.Process()
        children, descriptors = {child.pid for child in me.children()}, me.num_fds()
        with Probes(keep=True) as pool:
            pool.start()
            for what in ("crash", "exhaust_stack", "loop"):
                with pytest.raises(Died):
                    pool.ask(what)
            with ThreadPoolExecutor(1) as threads:
                running = threads.submit(pool.ask, "loop")
                time.sleep(0.3)
                pool.close()
                assert isinstance(running.exception(timeout=5), ContributionBusy)
        assert {child.pid for child in me.children()} == children
        assert me.num_fds() == descriptors
        with pytest.raises(ContributionBusy):
            pool.ask("echo")
