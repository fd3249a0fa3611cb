"""A worker process: it is given what is to be done, then one task after another."""

from __future__ import annotations

import os
import pickle
import sys
import traceback

from mapping_engine.jobs.frames import receive, send


def main() -> None:
    """Answer each task until there are no more, or nobody is there to answer."""
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed by mistake must not stand among the answers
    try:
        work = pickle.loads(receive(tasks))
        while True:
            send(answers, _answer(work, receive(tasks)))
    except (EOFError, BrokenPipeError):
        os._exit(0)  # whoever asked has ended, and there is nothing to be written


def _answer(work: object, task: bytes) -> bytes:
    """The pickled result, or the exception, and which of them it is."""
    try:
        assert callable(work)
        return pickle.dumps((True, work(pickle.loads(task))))
    except Exception as problem:
        problem.add_note(traceback.format_exc())  # a traceback does not travel
        return pickle.dumps((False, problem))
