"""Worker processes: order, back-pressure, and what happens when they are killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from mapping_engine.errors import WorkerError
from mapping_engine.jobs import in_order
from mapping_engine.jobs.pool import AHEAD, ATTEMPTS
from tests.jobs import doing


def test_results_come_in_order() -> None:
    assert list(in_order(doing.double, range(50), 2)) == [2 * number for number in range(50)]


def test_no_task_is_no_process() -> None:
    assert list(in_order(doing.process, [], 2)) == []


def test_no_more_tasks_are_taken_than_are_soon_worked_on() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = in_order(doing.double, tasks(), 2)
    for done in range(1, 20):
        next(results)
        assert len(taken) <= done + AHEAD * 2
    results.close()


def test_what_a_killed_worker_worked_on_is_done_again_once(tmp_path: Path) -> None:
    fatal, told = tmp_path / "fatal", list[str]()
    fatal.write_text("")
    tasks = ["", str(fatal), "", ""]
    found = list(in_order(doing.once_killed, tasks, 2, told=told.append))
    assert found == ["", "done", "", ""]
    assert told == ["a worker process ended by signal 9; what it worked on is done again"]


def test_a_task_that_kills_one_worker_after_another_is_named() -> None:
    told, results = list[str](), list[int]()

    def name(task: int) -> str:
        return f"task {task}"

    with pytest.raises(WorkerError, match=r"begins at task 3") as error:
        results.extend(in_order(doing.killed, range(6), 2, name=name, told=told.append))
    assert error.value.code == "WK01"
    assert results == [0, 1, 2]
    assert len(told) == ATTEMPTS


def test_an_exception_of_the_work_is_raised_with_its_traceback() -> None:
    with pytest.raises(ValueError, match="three") as error:
        list(in_order(doing.broken, range(6), 2))
    assert "in broken" in error.value.__notes__[0]


def test_what_is_printed_by_mistake_is_no_answer() -> None:
    assert list(in_order(doing.talkative, range(4), 1)) == [0, 1, 2, 3]


def test_nothing_is_left_of_a_pool_that_is_given_up() -> None:
    results = in_order(doing.process, range(100), 2)
    process = next(results)
    results.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_what_a_worker_is_given_shows_neither_in_arguments_nor_in_the_environment() -> None:
    secret = "TOKEN-4711"
    work = partial(_told, secret)
    [found] = in_order(work, [0], 1, environment={**os.environ, "SHOWN": "yes"})
    assert b"SHOWN=yes" in found[1]
    assert not [part for part in found if secret.encode() in part]


def _told(secret: str, task: object) -> tuple[bytes, bytes]:
    assert secret
    found: tuple[bytes, bytes] = doing.shown(task)
    return found
