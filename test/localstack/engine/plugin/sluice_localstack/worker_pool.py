"""
As many Node processes as the machine bears. LocalStack starts one for each call that finds none idle, without an end: a hundred
executions at once took 2.6 GB. Here a call waits where all are busy, and the process that was idle longest makes room for another.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .node_worker import NodeWorker
from .settings import SETTINGS


class WorkerPool:
    def __init__(self, size: int):
        self._size = size
        self._changed = threading.Condition()
        self._busy: dict[str, NodeWorker | None] = {}
        # In the order in which they became idle.
        self._idle: dict[str, NodeWorker] = {}
        self._ended: set[str] = set()

    @contextmanager
    def lease(self, environment: str, start: Callable[[], NodeWorker]) -> Iterator[NodeWorker]:
        """The process of an execution environment, which has one call at a time; started where it has none."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._busy) < self._size)
            worker = self._idle.pop(environment, None)
            self._busy[environment] = worker
            while len(self._busy) + len(self._idle) > self._size:
                self._idle.pop(next(iter(self._idle))).end()
        try:
            if worker is None:
                worker = self._busy[environment] = start()
            yield worker
        finally:
            with self._changed:
                del self._busy[environment]
                if worker is not None and environment not in self._ended:
                    self._idle[environment] = worker
                elif worker is not None:
                    worker.end()
                self._ended.discard(environment)
                self._changed.notify()

    def end(self, environment: str) -> None:
        """Also in the middle of a call, which then ends as one whose process is gone."""
        with self._changed:
            worker = self._idle.pop(environment, None)
            if environment in self._busy:
                self._ended.add(environment)
                if (busy := self._busy[environment]) is not None:
                    busy.kill()
        if worker is not None:
            worker.end()


POOL = WorkerPool(SETTINGS.max_workers)
