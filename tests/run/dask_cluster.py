"""A Dask cluster on this machine: a scheduler and workers, processes of their own that can be killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from line_files import ROOT


@dataclass
class Cluster:
    """A scheduler's address, and its workers."""

    address: str
    environment: dict[str, str]
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def engine(self) -> str:
        """What `--engine` takes."""
        return self.address.replace("tcp://", "dask://")

    def add_worker(self) -> subprocess.Popen[bytes]:
        """One more worker, of one thread, without a nanny that would start it anew."""
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder)]
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, *options]
        with (self.folder / "workers.log").open("ab") as log:
            worker = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=self.environment)
        self.workers.append(worker)
        return worker


@contextmanager
def dask_cluster(folder: Path, workers: int, **environment: str) -> Iterator[Cluster]:
    """A cluster with so many workers, which see these variables of the environment."""
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "scheduler.log").open("wb"))
        scheduler = subprocess.Popen(command, stderr=log, cwd=folder)
        stack.callback(scheduler.wait)
        stack.callback(scheduler.kill)
        environ = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        cluster = Cluster(_address(folder / "scheduler.log"), environ, folder)
        for _ in range(workers):
            cluster.add_worker()
        try:
            yield cluster
        finally:
            for worker in cluster.workers:
                worker.kill()
                worker.wait()


def _address(log: Path) -> str:
    """Where the scheduler listens, as its log says."""
    for _ in range(600):
        if found := re.search(r"tcp://[0-9.]+:[0-9]+", log.read_text()):
            return found[0]
        time.sleep(0.1)
    raise AssertionError(log.read_text())
