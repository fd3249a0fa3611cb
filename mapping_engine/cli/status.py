"""How the commands end: their exit statuses, and what happens when their output goes nowhere."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from enum import IntEnum
from typing import Any, NoReturn, TypeVar

import click

Step = TypeVar("Step")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SOON = 0.05
"""The seconds within which a signal is handled where nothing is waited for."""


class Status(IntEnum):
    """The exit statuses of both commands; README.md has them in a table."""

    DONE = 0
    FINDINGS = 1
    CANNOT = 2
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    TERMINATED = 143


def fail(message: str) -> NoReturn:
    """End the command with status 2."""
    click.echo(f"error: {message}", err=True)
    sys.exit(Status.CANNOT)


class SinkError(Exception):
    """What is written to ``file`` is lost."""

    def __init__(self, file: str, problem: OSError) -> None:
        super().__init__(f"{file} cannot be written: {problem.strerror or problem}")


class Terminated(KeyboardInterrupt):
    """SIGTERM, which a command that can do so takes like Ctrl-C."""


class EndingCommand(click.Command):
    """A command that ends with a message and a status, wherever its output fails."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments; `--help` prints here."""
        with _ending():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Do what the command does."""
        with _ending():
            return super().invoke(ctx)


class EndingGroup(EndingCommand, click.Group):
    """A command of such commands."""


@contextmanager
def _ending() -> Iterator[None]:
    if sys.stdout is None:
        fail("standard output is closed; send it to a file, or to /dev/null")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # of letters that a terminal lacks
    try:
        try:
            yield
        finally:
            if not sys.stdout.closed:  # a language server closes it
                sys.stdout.flush()
    except BrokenPipeError:
        _discard()
        sys.exit(Status.PIPE_CLOSED)
    except Terminated:
        click.echo("terminated", err=True)
        sys.exit(Status.TERMINATED)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(Status.INTERRUPTED)
    except SinkError as problem:
        _discard()
        fail(str(problem))
    except OSError as problem:
        _discard()
        fail(str(SinkError(problem.filename or "standard output", problem)))


def _discard() -> None:
    """Let nothing more be written where writing failed: Python would try again at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Interruption:
    """Ctrl-C while something is worked on waits for its end; while nothing is, it ends at once.

    Raised in the midst of an event, it could be lost: what calls us back from outside of Python may
    take any exception for a verdict. SIGTERM does the same.
    """

    def __init__(self) -> None:
        self._is_busy = False
        self._asked: type[KeyboardInterrupt] | None = None

    def steps(self, found: Iterable[Step]) -> Iterator[Step]:
        """What is found; raises KeyboardInterrupt behind one of them if it was asked meanwhile."""
        for each in found:
            self._is_busy = True
            yield each
            self._is_busy = False
            if self._asked:
                raise self._asked

    @property
    def is_asked(self) -> bool:
        """Whether the signal has been handled."""
        return self._asked is not None

    def ask(self, number: int, _: object = None) -> None:
        """Handle the signal; raises KeyboardInterrupt while nothing is done."""
        self._asked = Terminated if number == signal.SIGTERM else KeyboardInterrupt
        if not self._is_busy:
            raise self._asked


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Ctrl-C and SIGTERM as :class:`Interruption` has it, in here."""
    interruption = Interruption()
    before = [signal.signal(number, interruption.ask) for number in _SIGNALS]
    try:
        with _noticed(interruption) if sys.platform != "win32" else nullcontext():
            yield interruption
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _noticed(interruption: Interruption) -> Iterator[None]:
    """Send a signal again until it is handled.

    Python handles it between two steps of the main thread. Where it comes just before that waits
    for input, or comes to another thread, nothing would happen until there is input.
    """
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    main, over = threading.get_ident(), threading.Event()

    def insist() -> None:
        while number := os.read(told, 1):
            while number[0] in _SIGNALS and not (over.wait(_SOON) or interruption.is_asked):
                signal.pthread_kill(main, number[0])

    thread = threading.Thread(target=insist, daemon=True)
    thread.start()
    before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        over.set()
        os.close(tell)
        thread.join()
        os.close(told)
