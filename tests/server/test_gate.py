"""The bounded queue: who is let in, who waits, who is sent away."""

from __future__ import annotations

import threading

import pytest

from inkread.server.gate import Deadline, Gate
from inkread.server.problems import Problem
from inkread.server.watch import watch


def test_beyond_what_it_holds_requests_are_refused() -> None:
    seen: list[tuple[int, int]] = []
    gate = Gate(1, 2, lambda inside, waiting: seen.append((inside, waiting)))
    first, _ = gate.admit(), gate.admit()
    with pytest.raises(Problem) as caught:
        gate.admit()
    assert caught.value.kind.slug == "busy" and caught.value.kind.status == 503
    assert int(caught.value.headers["Retry-After"]) > 0
    first.give_back()
    first.give_back()  # twice does no harm
    gate.admit()
    assert seen == [(1, 0), (2, 0), (1, 0), (2, 0)]


def test_one_reads_and_the_other_waits() -> None:
    gate = Gate(1, 9)
    order: list[str] = []
    inside, done = threading.Event(), threading.Event()

    def first() -> None:
        with gate.turn(Deadline(20), 20):
            inside.set()
            assert done.wait(20)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(20)
    with pytest.raises(Problem) as caught, gate.turn(Deadline(20), 0.01):
        raise AssertionError("two had a turn at once")
    assert caught.value.kind.slug == "busy"
    done.set()
    with gate.turn(Deadline(20), 20) as waited:
        order.append("second")
    thread.join()
    assert order == ["first", "second"] and waited >= 0


def test_an_error_gives_the_turn_back() -> None:
    gate = Gate(1, 1)
    with pytest.raises(KeyError), gate.turn(Deadline(1), 1):
        raise KeyError
    with gate.turn(Deadline(1), 1):
        pass


def test_a_passed_deadline_gets_no_turn() -> None:
    with pytest.raises(Problem) as caught, Gate(1, 1).turn(Deadline(-1), 1):
        raise AssertionError("it had a turn")
    assert caught.value.kind.slug == "too-slow"
    assert Deadline(-1).left() == 0.0 and Deadline(50).left() > 40


def test_a_turn_that_never_ends_ends_the_worker() -> None:
    gate, ended = Gate(1, 1), threading.Event()
    with gate.turn(Deadline(20), 20):
        thread = watch(gate, 0.01, ended.set, every=0.005)
        assert ended.wait(20)
    thread.join(20)
    assert gate.longest_turn() == 0.0


def test_turns_that_end_harm_nobody() -> None:
    gate, ended = Gate(1, 1), threading.Event()
    thread = watch(gate, 15.0, ended.set, every=0.01)
    for _ in range(5):
        with gate.turn(Deadline(20), 20):
            assert 0.0 <= gate.longest_turn() < 15.0
    assert thread.is_alive() and thread.daemon and not ended.is_set()
    gate.longest_turn = lambda: 16.0  # type: ignore[method-assign]
    thread.join(20)
    assert ended.is_set()
