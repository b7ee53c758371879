"""A Python that has loaded TensorFlow: commands and scripts run in forks of it, seconds sooner.

A fork is a process of its own, with its own arguments, environment, folder, output and status.
Nothing of TensorFlow runs before there is one. It is for what is expected to need TensorFlow: what
must do without it is no different here from what does. Proofs start every process anew.
"""

import atexit
import functools
import gc
import io
import json
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[1]
has_forks = sys.platform == "linux"
"""Elsewhere a process with threads is not to be forked. `tests/conftest.py` sets it for proofs."""


def run(
    *words: object, env: Mapping[str, str], cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """`python WORDS`, where the words are a script's or begin with -m, with what it said."""
    called = [str(word) for word in words]
    if not has_forks:
        return subprocess.run(
            [sys.executable, *called], cwd=cwd, env=env, capture_output=True, text=True, check=False
        )
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder, name) for name in ("stdout", "stderr")]
        job = {"words": called, "cwd": str(cwd), "env": dict(env), "said": [*map(str, said)]}
        server = _server()
        assert server.stdin
        assert server.stdout
        print(json.dumps(job), file=server.stdin, flush=True)
        status = int(server.stdout.readline())
        texts = [file.read_text(encoding="utf-8", errors="replace") for file in said]
    return subprocess.CompletedProcess(called, status, *texts)


@functools.cache
def _server() -> subprocess.Popen[str]:
    """It ends with its input, and so with the process that asked for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.warm"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _next_job() -> Any:
    """In each fork, what it is for; in the server itself, nothing until its input ends."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            return json.loads(line)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    sys.exit()


def _become(job: Any) -> None:
    """What a Python does that was started with these words."""
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in enumerate(job["said"], 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            os.fdopen(number, "wb"), encoding="utf-8", errors=errors, line_buffering=True
        )
        for number, errors in ((1, "strict"), (2, "backslashreplace"))
    )
    given = [one for one in job["env"].get("PYTHONPATH", "").split(os.pathsep) if one]
    sys.path[:] = [*given, *(one for one in sys.path if one not in ("", str(ROOT)))]


def _obey(words: list[str]) -> NoReturn:
    """Runs them and ends. What a Python does last, it leaves out: to take all of TensorFlow apart
    is a second that shows nothing.
    """
    status = 1
    try:
        _run(*words)
        status = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - said as a Python says what ended it
        sys.excepthook(*sys.exc_info())
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run(first: str, *rest: str) -> None:
    if first == "-m":
        sys.path.insert(0, str(Path.cwd()))
        sys.argv = list(rest)
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, str(Path(first).parent))
        sys.argv = [first, *rest]
        runpy.run_path(first, run_name="__main__")


def _serve() -> None:
    from cnn.training.engine.tensorflow import import_tensorflow

    import_tensorflow()
    import keras  # noqa: F401

    for name in [name for name in sys.modules if name.split(".")[0] in ("cnn", "tests")]:
        del sys.modules[name]
    gc.freeze()
    job = _next_job()
    _become(job)
    _obey(job["words"])


if __name__ == "__main__":
    _serve()
