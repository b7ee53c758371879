"""What some tests need that a machine may lack: said before the first test, with how to get it.

A test that has to go without is skipped with the same words. Where CI has to have it (`in_ci`), the
test fails there.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import nginx, postgres, small_disk
from tests.browser import chromium

MNIST_FILE = Path(os.environ.get("CNN_DATA_DIR", "")) / "mnist.npz"


@dataclass(frozen=True, slots=True)
class Need:
    """What is not of this repository: its `tests` are skipped without it, `get` says what to do."""

    name: str
    tests: str
    get: str
    is_here: Callable[[], bool]
    in_ci: bool = False

    @property
    def reason(self) -> str:
        return f"no {self.name} here ({self.get})"

    def is_skipped(self) -> bool:
        return not self.is_here() and not (self.in_ci and os.environ.get("CI"))

    def mark(self) -> pytest.MarkDecorator:
        """What skips a test, or all of a file, without it."""
        return pytest.mark.skipif(self.is_skipped(), reason=self.reason)

    def or_skip(self) -> None:
        """Ends the test that asks, without it."""
        if not self.is_here():
            (pytest.skip if self.is_skipped() else pytest.fail)(self.reason)


def _can_import(module: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(module) is not None


BROWSER = Need(
    "Chromium or Chrome",
    "the running app in a browser",
    chromium.GET,
    lambda: chromium.find() is not None,
    in_ci=True,
)
POSTGRESQL = Need(
    "PostgreSQL server",
    "the store on PostgreSQL",
    "Debian: apt-get install postgresql",
    lambda: postgres.programs() is not None,
)
OPENID = Need(
    "OpenID Connect provider",
    "sign-in by OpenID Connect",
    "pip install authlib oidc-provider-mock",
    lambda: all(map(importlib.util.find_spec, ("authlib", "oidc_provider_mock"))),
    in_ci=True,
)
NGINX = Need(
    "nginx",
    "several apps behind one address",
    "Debian: apt-get install nginx-light openssl",
    lambda: nginx.program() is not None,
)
TORCH = Need(
    "PyTorch",
    "exported PyTorch code, run beside Keras",
    "pip install torch",
    _can_import("torch"),
)
ONNX = Need(
    "onnxruntime",
    "ONNX files, run beside Keras and PyTorch",
    "pip install onnx onnxruntime onnxscript tf2onnx",
    lambda: all(map(importlib.util.find_spec, ("onnx", "onnxruntime"))),
    in_ci=True,
)
SAFETENSORS = Need(
    "safetensors",
    ".safetensors files, as the library reads them",
    "pip install safetensors",
    _can_import("safetensors"),
    in_ci=True,
)
RAY = Need(
    "Ray",
    "trainings on a Ray cluster",
    "pip install -r requirements-ray.txt",
    _can_import("ray"),
    in_ci=True,
)
NODE = Need(
    "Node.js",
    "the pages' scripts",
    "Debian: apt-get install nodejs",
    lambda: shutil.which("node") is not None,
)
MNIST = Need(
    "mnist.npz",
    "what ships, on all 10,000 test images",
    "name its folder in CNN_DATA_DIR; Keras keeps it in ~/.keras/datasets",
    MNIST_FILE.is_file,
)
LINUX = Need(
    "Linux",
    "signals, limits of memory, /proc",
    "in a container, say",
    lambda: sys.platform == "linux",
)
SMALL_DISK = Need(
    "disk to fill",
    "a full disk",
    "as root on Linux, who may mount one",
    small_disk.can_be_mounted,
)
GPU = Need("NVIDIA GPU", "a GPU of a Ray cluster", "another machine", Path("/dev/nvidia0").exists)
ALL = (
    BROWSER,
    POSTGRESQL,
    NGINX,
    OPENID,
    TORCH,
    ONNX,
    SAFETENSORS,
    RAY,
    NODE,
    MNIST,
    LINUX,
    SMALL_DISK,
    GPU,
)


def header(needs: Iterable[Need] = ALL) -> list[str]:
    """What will be skipped on this machine, in lines; none where nothing is."""
    lacking = [need for need in needs if need.is_skipped()]
    lines = [f"  {need.tests}: {need.reason}" for need in lacking]
    return ["will be skipped on this machine:", *lines] if lines else []
