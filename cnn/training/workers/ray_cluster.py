"""The Ray cluster that trainings run on: where it is, how to join it, and what it has room for.

Ray is an optional dependency, and imported inside functions. Whoever joins a cluster should be a
process of its own: Ray ends the process that loses its cluster, or does not find it.
"""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cnn.numbers import exact
from cnn.settings import home, whole_setting
from cnn.training.recipe.run import WorkerState
from cnn.training.store.store_error import without_secrets
from cnn.training.workers import ray_private
from cnn.version import installing

PACKAGE = Path(__file__).parents[2]
FOLDERS = ("CNN_DATA_DIR", "KERAS_HOME")
ANSWER_S = 3.0
STRANGER_S = 30.0
OOM_RETRIES = 3
"""How often Ray begins a run again that a machine had too little memory for; else, for ever."""
OBJECT_STORE_BYTES = 80_000_000
"""What a cluster of our own lends to objects: all that is said goes through the run store."""

INSTALL = installing("ray")

WRONG: Mapping[WorkerState, str] = MappingProxyType(
    {
        WorkerState.NO_RAY: "`CNN_EXECUTOR` is `ray`, but Ray is not installed here. "
        f"Install it: `{INSTALL}`",
        WorkerState.NO_CLUSTER: "The Ray cluster cannot be joined. `python -m cnn doctor` says "
        "why; it is tried again every few seconds.",
        WorkerState.OPEN_CLUSTER: "The Ray cluster asks for no token: whoever reaches it may run "
        "anything on its machines, so nothing is trained there. Stop it (`ray stop`), make a token "
        "(`ray get-auth-token --generate`), give it to all machines and start it again with "
        "`RAY_AUTH_MODE=token` on each: docs/scaling.md.",
        WorkerState.NO_ROOM: "No machine of the Ray cluster has as many processors and GPUs as one "
        "training asks for. Ask for fewer (`CNN_RAY_CPUS`, `CNN_RAY_GPUS`), or add a larger one.",
        WorkerState.NOT_SHARED: "The Ray cluster has other machines, and the run store is a file "
        "on this one. Set `CNN_STORE` to a PostgreSQL that all of them reach.",
    }
)
"""What keeps a dispatcher from handing runs on, and what to do."""


class ClusterError(RuntimeError):
    """The cluster cannot be joined: `state` says so in short, the message in full."""

    def __init__(self, state: WorkerState, message: str) -> None:
        super().__init__(message)
        self.state = state


@dataclass(frozen=True, slots=True)
class Node:
    """One machine of the cluster, or what was started as one, with all its processors and GPUs."""

    address: str
    cpus: float
    gpus: float


@dataclass(frozen=True, slots=True)
class Request:
    """What one training asks for."""

    cpus: int
    gpus: int

    def fits(self, node: Node) -> bool:
        return node.cpus >= self.cpus and node.gpus >= self.gpus


def join(url: str) -> Any:
    """Joins the cluster (`CNN_RAY_ADDRESS`), else the one on this machine, else starts one here.

    `url` is the store that its tasks are to write to. Returns the module `ray`.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    os.environ.setdefault("RAY_task_oom_retries", str(OOM_RETRIES))  # read when Ray is imported
    ray_private.keep_token()
    address = cluster_address()
    if address:
        _must_answer(address)
    ray = imported()
    if address:
        must_ask_for_a_token(address)
    else:
        if os.environ.get("RAY_AUTH_MODE", "token").lower() != "token":
            raise ClusterError(WorkerState.OPEN_CLUSTER, WRONG[WorkerState.OPEN_CLUSTER])
        os.environ["CNN_STORE"] = whole_url(url)  # what is started here has it from here
    code = {"py_modules": [str(PACKAGE)], "env_vars": _variables(url)}
    try:
        more = {} if address else _own_cluster()
        # In an empty folder: else Ray looks for code in the one this process was started in first,
        # where another machine may have an older one of the same name.
        with tempfile.TemporaryDirectory() as nothing:
            ray.init(
                address=address or "local",
                runtime_env=code | {"working_dir": nothing},
                log_to_driver=False,
                **more,
            )
    except (ray.exceptions.RayError, ConnectionError, OSError, RuntimeError, ValueError) as error:
        where = f"at {address}" if address else "on this machine"
        said = " ".join(str(error).split())[:300]
        raise ClusterError(
            WorkerState.NO_CLUSTER, f"The Ray cluster {where} cannot be joined: {said}"
        ) from error
    return ray


def _own_cluster() -> dict[str, Any]:
    """How a cluster is started here: small, and nobody else's."""
    ray_private.make_token()
    return {
        "include_dashboard": False,
        "object_store_memory": OBJECT_STORE_BYTES,
        "_temp_dir": ray_private.own_folder(),
    }


_STRANGER = """
import sys
from ray._raylet import GcsClient
from ray.exceptions import AuthenticationError
try:
    GcsClient(address=sys.argv[1]).get_all_node_info(timeout=5)
except AuthenticationError:
    print("refused")
else:
    print("taken")
"""


def must_ask_for_a_token(address: str) -> None:
    """Knocks without a token, in a process that has none: a cluster that answers takes strangers,
    whatever the settings of this one say.
    """
    kept = {name: one for name, one in os.environ.items() if not name.startswith("RAY_AUTH_")}
    try:
        with tempfile.TemporaryDirectory() as nobody:
            stranger = subprocess.run(
                [sys.executable, "-P", "-c", _STRANGER, address],
                env=kept | {"RAY_AUTH_MODE": "disabled", "HOME": nobody, "USERPROFILE": nobody},
                capture_output=True,
                text=True,
                timeout=STRANGER_S,
                check=False,
            )
        answer, said = stranger.stdout.strip(), stranger.stderr
    except subprocess.TimeoutExpired:
        answer, said = "", f"it does not answer within {exact(STRANGER_S)} s"
    except OSError as error:
        answer, said = "", str(error)
    if answer == "taken":
        raise ClusterError(WorkerState.OPEN_CLUSTER, WRONG[WorkerState.OPEN_CLUSTER])
    if answer != "refused":
        last = " ".join(said.split())[-300:] or "it did not answer"
        raise ClusterError(
            WorkerState.NO_CLUSTER,
            f"Whether the Ray cluster at {address[:80]} asks for a token cannot be found out: "
            f"{last}. It is tried again.",
        )


def without_password(url: str) -> str:
    """The same store as it may travel with a task: its passwords, if any, stay behind."""
    return without_secrets(url).render_as_string(hide_password=False)


def with_own_password(url: str) -> str:
    """The store of a task with the password that its machine knows: that of `CNN_STORE`, if this is
    the same store; else PostgreSQL's own means are asked (`PGPASSWORD`, `~/.pgpass`).
    """
    own = os.environ.get("CNN_STORE", "")
    try:
        is_same = bool(own) and without_password(own) == url
    except (ArgumentError, ValueError):
        is_same = False
    return own if is_same else url


def whole_url(url: str) -> str:
    """The same store for a task, which runs in another folder: a file by its whole path."""
    parsed = make_url(url)
    file = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or not file or file.startswith((":", "file:")):
        return url
    return parsed.set(database=str(Path(file).absolute())).render_as_string(hide_password=False)


def imported() -> Any:
    """The module `ray`, where it is installed."""
    importlib.invalidate_caches()  # it may have been installed since it was last asked for
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise ClusterError(
            WorkerState.NO_RAY, f"Ray cannot be imported: {error}. Install it: {INSTALL}"
        ) from error


def cluster_address() -> str:
    """Where the cluster is that is to be joined; empty where there is none."""
    wanted = os.environ.get("CNN_RAY_ADDRESS") or os.environ.get("RAY_ADDRESS")
    return wanted or _started_here()


def nodes(ray: Any) -> list[Node]:
    """The nodes that are alive."""
    return [
        Node(
            node["NodeManagerAddress"],
            node["Resources"].get("CPU", 0.0),
            node["Resources"].get("GPU", 0.0),
        )
        for node in ray.nodes()
        if node["Alive"]
    ]


def request(there: list[Node]) -> Request:
    """What a training asks for by setting; else one processor, and a GPU where there are any."""
    has_gpu = any(node.gpus >= 1 for node in there)
    return Request(whole_setting("CNN_RAY_CPUS", 1), whole_setting("CNN_RAY_GPUS", int(has_gpu)))


def what_is_wrong(there: list[Node], here: str, url: str) -> WorkerState | None:
    """Why no training should be handed on to these nodes from `here`; None where one may."""
    if url.startswith("sqlite") and any(node.address != here for node in there):
        return WorkerState.NOT_SHARED
    asked = request(there)
    return None if any(asked.fits(node) for node in there) else WorkerState.NO_ROOM


def _started_here() -> str:
    """The cluster that `ray start` began on this machine, if it still answers."""
    try:
        services = importlib.import_module("ray._private.services")
        file = importlib.import_module("ray._common.utils").get_ray_address_file(None)
        if not ray_private.is_ours(Path(file)):  # all may write to that folder
            return ""
        address = str(services.find_bootstrap_address(None) or "")
        if address:
            _must_answer(address)
    except (ImportError, ClusterError):
        return ""
    return address


def _must_answer(address: str) -> None:
    """Asks before Ray does, which waits for two minutes and then ends the process."""
    host, _, port = address.rpartition(":")
    try:
        if not (host and port.isdecimal()):
            raise OSError("it should be HOST:PORT, such as 10.0.0.5:6379")
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_S).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(
            WorkerState.NO_CLUSTER,
            f"The Ray cluster at {address[:80]} does not answer: {error}. Start it (ray start "
            "--head --port=6379), or correct CNN_RAY_ADDRESS.",
        ) from error


def _variables(url: str) -> dict[str, str]:
    """The settings that a task needs wherever it runs, and as many threads as it has processors."""
    threads, store = str(request([]).cpus), whole_url(url)
    # A password would be read by whoever may look into the cluster.
    own = {"CNN_STORE": store} if without_password(store) == store else {}
    return {
        **{name: str(Path(os.environ[name]).absolute()) for name in FOLDERS if name in os.environ},
        **own,
        "CNN_HOME": str(home().absolute()),
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
    }
