"""Tasks shared out to worker processes.

Each worker has a thread here that gives it one task, waits for the answer, and starts another
worker for the same task where the first was killed. So each task is done once, whatever happens.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import IO, TypeVar

from mapping_engine.errors import ErrorCode, WorkerError
from mapping_engine.jobs.frames import receive, send

ATTEMPTS = 3
"""So many workers may be killed by one task."""
AHEAD = 2
"""So many tasks for each worker are under way, or done and waiting for those before them."""
_PATIENCE = 10
"""The seconds in which a worker has to end that is no longer asked."""
_PIPE = 1024 * 1024
_START = "import sys; sys.path[:] = {path!r}; from mapping_engine.jobs.worker import main; main()"

if sys.platform == "linux":
    from fcntl import F_SETPIPE_SZ, fcntl

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Task], Result],
    tasks: Iterable[Task],
    jobs: int,
    *,
    name: Callable[[Task], str] = str,
    told: Callable[[str], None] = lambda message: None,
    environment: Mapping[str, str] | None = None,
) -> Generator[Result]:
    """The result of each task, in order, as so many processes find it.

    ``work`` is pickled and sent over pipes, as tasks and results are. No more tasks are taken than
    are soon worked on. An exception of the work is raised here. ``told`` learns of killed workers.

    Raises WorkerError (WK01), with the ``name`` of the task, where it kills one worker after
    another.
    """
    workers = _Workers(pickle.dumps(work), environment)
    threads = ThreadPoolExecutor(jobs)
    waiting: deque[Future[Result]] = deque()

    def result(task: Task) -> Result:
        is_done, found = pickle.loads(workers.answer(pickle.dumps(task), lambda: name(task), told))
        if is_done:
            answer: Result = found
            return answer
        raise found

    try:
        for task in tasks:
            waiting.append(threads.submit(result, task))
            while waiting and (len(waiting) >= AHEAD * jobs or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        workers.end()  # first, since the threads wait for them
        threads.shutdown(cancel_futures=True)
        workers.bury()


class _Killed(Exception):
    """A worker was killed; the text says by what."""


class _Worker:
    """One process."""

    def __init__(self, environment: Mapping[str, str] | None) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-c", _START.format(path=sys.path)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us alone
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._tasks, self._answers = self._process.stdin, self._process.stdout
        for pipe in (self._tasks, self._answers):
            _widen(pipe)
        self._is_told = False

    def answer(self, work: bytes, task: bytes) -> bytes:
        """What it answers to a task; raises _Killed where it does not live long enough."""
        try:
            if not self._is_told:
                send(self._tasks, work)
                self._is_told = True
            send(self._tasks, task)
            return receive(self._answers)
        except (EOFError, OSError):
            raise _Killed(self.buried()) from None

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def buried(self) -> str:
        """What it ended by; nothing is left of it."""
        for pipe in (self._tasks, self._answers):
            with suppress(OSError):  # of what could not be written
                pipe.close()
        try:
            status = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        return f"signal {-status}" if status < 0 else f"status {status}"


def _widen(pipe: IO[bytes]) -> None:
    """Let more be written at once than 64 KB, after which each side waits for the other."""
    if sys.platform == "linux":
        with suppress(OSError):  # of a user who has many such pipes
            fcntl(pipe.fileno(), F_SETPIPE_SZ, _PIPE)


class _Workers:
    """The workers; each serves one thread at a time."""

    def __init__(self, work: bytes, environment: Mapping[str, str] | None) -> None:
        self._work, self._environment = work, environment
        self._lock, self._is_over = Lock(), False
        self._all, self._idle = set[_Worker](), list[_Worker]()

    def answer(self, task: bytes, name: Callable[[], str], told: Callable[[str], None]) -> bytes:
        """What a worker answers to a task, and the next one where it is killed over it."""
        for _ in range(ATTEMPTS):
            worker = self._taken()
            try:
                answer = worker.answer(self._work, task)
            except _Killed as end:
                with self._lock:
                    self._all.discard(worker)
                if self._is_over:
                    break
                told(f"a worker process ended by {end}; what it worked on is done again")
                continue
            self._idle.append(worker)
            return answer
        raise WorkerError(
            ErrorCode.WORKER_KILLED,
            f"{ATTEMPTS} worker processes were killed one after another by what begins at {name()}",
            help="too little memory? try fewer --jobs; --jobs 1 works without such processes",
        )

    def _taken(self) -> _Worker:
        with self._lock:  # none is started once they are killed
            if self._idle:
                return self._idle.pop()
            worker = _Worker(self._environment)
            self._all.add(worker)
            if self._is_over:
                worker.kill()
            return worker

    def end(self) -> None:
        """Kill all of them."""
        with self._lock:
            self._is_over = True
            for worker in self._all:
                worker.kill()

    def bury(self) -> None:
        """Leave nothing of them."""
        for worker in self._all:
            worker.buried()
