"""A run: what was trained, frozen when it was made, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cnn.network.architecture import Architecture
from cnn.training.configuration import Configuration


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


LIVE = (State.QUEUED, State.RUNNING, State.PAUSED)
"""States in which something may still happen by itself."""


class Wish(StrEnum):
    """What a person wants of a run; its worker sees to it within half a second."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, for a bar and the time left."""

    epoch: int = 0
    step: int = 0
    steps_per_epoch: int = 0
    images_per_s: float = 0.0
    seconds: float = 0.0
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured at the end, and on how many images."""

    test_loss: float
    test_accuracy: float
    test_images: int
    train_images: int
    validation_images: int
    seconds: float
    images_per_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """One training; all but state, wish, progress, result and message never changes."""

    id: str
    name: str
    architecture: Architecture
    configuration: Configuration
    state: State
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None
    wish: Wish = Wish.RUN
    progress: Progress = field(default_factory=Progress)
    result: Result | None = None
    message: str = ""
    data_fingerprint: str = ""
    environment: dict[str, Any] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the curve: measured on the batch it was trained on."""

    step: int
    epoch: float
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch: training figures averaged over its steps, validation over all its images."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float
