"""One measured step in a process of its own: seconds and peak memory.

Belongs here: running a step of a benchmark apart, so that neither its memory nor its caches are
those of another. Does not belong here: what is measured (the scripts beside this module).
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection


@dataclass(frozen=True)
class Measured:
    """Wall-clock seconds, seconds of all cores, and peak memory in megabytes (RSS)."""

    seconds: float
    cpu_seconds: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s  {self.cpu_seconds:6.2f} s of CPU  {self.megabytes:6.0f} MB"


def measure(step: Callable[..., Callable[[], object]], *arguments: object) -> Measured:
    """Prepare a step in a new process, then run and measure what the preparation returned.

    Raises:
        RuntimeError: The step failed.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, step, arguments))
    process.start()
    sender.close()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{step.__name__} ended with {process.exitcode}")
    measured: Measured = receiver.recv()
    return measured


def _run(
    sender: Connection, step: Callable[..., Callable[[], object]], arguments: tuple[object, ...]
) -> None:
    ready = step(*arguments)
    began, used = time.perf_counter(), time.process_time()
    ready()
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sender.send(Measured(seconds, cpu_seconds, peak))
