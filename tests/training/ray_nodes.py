"""A real Ray cluster of several nodes on this machine, in a process of its own: to train on, and to
lose a node of.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# The head has no processor, so that only nodes train which may be lost.
CLUSTER = """
import sys
from ray.cluster_utils import Cluster

size = {"object_store_memory": 80_000_000}
cluster = Cluster(True, head_node_args={"num_cpus": 0, "include_dashboard": False, **size})

nodes = {}
for _ in range(int(sys.argv[1])):
    node = cluster.add_node(num_cpus=1, **size)
    nodes[node.all_processes["raylet"][0].process.pid] = node
print("there", cluster.address, flush=True)
for raylet in sys.stdin:
    cluster.remove_node(nodes.pop(int(raylet)), allow_graceful=False)
    print("there", *nodes, flush=True)
cluster.shutdown()
"""


@dataclass
class Cluster:
    """A cluster; `settings` are those of an app that is to train on it."""

    process: subprocess.Popen[str]
    settings: dict[str, str]

    def lose(self, raylet: int) -> None:
        """Kills a node with all its processes, as if its machine had lost its power."""
        assert self.process.stdin
        self.process.stdin.write(f"{raylet}\n")
        self.process.stdin.flush()
        self.answer()

    def answer(self) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("there"):
                return line.removeprefix("there").strip()
        raise AssertionError("the cluster has ended")


@contextmanager
def cluster(size: int, **more: str) -> Iterator[Cluster]:
    """So many nodes of one processor each; nothing of it leaves this machine, or stays on it."""
    folder = tempfile.mkdtemp(prefix="ray-")  # a short path: it holds sockets
    settings = {
        "CNN_EXECUTOR": "ray",
        "CNN_RAY_GPUS": "0",  # a GPU would round otherwise than the processors of the reference
        "RAY_TMPDIR": folder,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),  # else there would be one in the home folder
        "RAY_USAGE_STATS_ENABLED": "0",
        **more,
    }
    log = Path(folder) / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", CLUSTER, str(size)],
            env=os.environ | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        )
    made = Cluster(process, settings)
    try:
        settings["CNN_RAY_ADDRESS"] = made.answer()
        yield made
    finally:
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.wait()
        process.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def node_of(worker: str) -> int:
    """The node of the worker of this name: the process that has started its process."""
    number = int(worker.split(".")[2])
    text = Path(f"/proc/{number}/stat").read_text()
    return int(text.rpartition(")")[2].split()[1])
