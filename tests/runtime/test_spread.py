from __future__ import annotations

import threading
import time

import pytest

from inkread.runtime.spread import spread


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(threads: int) -> None:
    def work(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number * number

    assert spread(work, range(9), threads) == [number * number for number in range(9)]
    assert spread(work, [], threads) == []


def test_items_are_worked_on_at_the_same_time_and_no_thread_is_left() -> None:
    meeting = threading.Barrier(2, timeout=10)
    assert spread(lambda _: meeting.wait() >= 0, range(2), 2) == [True, True]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("inkread")]


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_is_passed_on(threads: int) -> None:
    with pytest.raises(ZeroDivisionError):
        spread(lambda number: 1 // number, [1, 0, 2], threads)
