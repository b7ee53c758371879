"""A run: what was trained, frozen when it was made, and how far it has come."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.caching import LAYERS, remembered
from cnn.people.person import LOCAL_ID
from cnn.training.recipe.configuration import Configuration


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

CLAIMED = (State.RUNNING, State.PAUSED)
"""States in which a worker is busy with the run."""


WEIGHTS, PREDICTIONS, TRACEBACK = "weights", "test-predictions", "traceback"
CHECKPOINT, WATCHED, SNAPSHOT = "checkpoint", "watched-images", "snapshot-"
WEIGHTS_AFTER, STATE_AFTER = "weights-", "state-"
MODEL = "model.keras"
CLASS_NAMES, SPLITS, MADE_ROOM = "class-names", "splits", "made-room"
START, ASSIGNMENT, HANDED_IN = "start-weights", "assignment", "handed-in"
"""The files that a run keeps in the store; of some there is one for an epoch: `snapshot-0007`."""


class Wish(StrEnum):
    """What a person wants of a run; its worker sees to it within half a second."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


class WorkerState(StrEnum):
    """What a process that trains is doing, or one that hands the queue on to Ray.

    One in the foreground, and a task on Ray, has its one run and takes nothing from the queue.
    """

    STARTING = "starting"
    READY = "ready"
    FOREGROUND = "foreground"
    ON_RAY = "on ray"
    DISPATCHING = "dispatching"
    ENDING = "ending"
    NO_RAY = "no ray"
    NO_CLUSTER = "no cluster"
    OPEN_CLUSTER = "open cluster"
    NO_ROOM = "no room"
    NOT_SHARED = "not shared"


TAKES_RUNS = (WorkerState.STARTING, WorkerState.READY, WorkerState.DISPATCHING)
"""States in which somebody takes what is queued, or is about to."""


class Standing(StrEnum):
    """How far a worker is that compares a design with Keras, or what came of it."""

    WANTED = "wanted"
    UNDER_WAY = "under way"
    AGREES = "agrees"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `epoch` is the one under way, counted from 1."""

    epoch: int = 0
    step: int = 0
    steps: int = 0
    images_per_s: float = 0.0
    seconds: float = 0.0
    seconds_left: float | None = None
    phase: str = ""

    @property
    def share(self) -> float:
        """The part of all steps that is done, from 0 to 1."""
        return min(self.step / self.steps, 1.0) if self.steps else 0.0


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
    epochs: int | None = None
    best_epoch: int | None = None
    """The epoch whose weights were tested, where that is not simply the last."""
    steps: int | None = None
    seen_test_images: int | None = None
    """Test images that occur, pixel for pixel, in training or validation too."""
    unseen_right: int | None = None
    """How many of all the others were right."""

    def to_dict(self) -> dict[str, Any]:
        """For those who read it: a speed that was not measured is none, not 0."""
        return asdict(self) | {"images_per_s": self.images_per_s or None}

    @property
    def seen_in_words(self) -> str:
        """What the test says of images that were not seen before, where some were; else nothing."""
        if not self.seen_test_images or self.unseen_right is None:
            return ""
        others = self.test_images - self.seen_test_images
        share = f" ({100 * self.unseen_right / others:.1f} %)" if others else ""
        return (
            f"{self.seen_test_images:,} of the {self.test_images:,} also occur, pixel for pixel, "
            f"among the training or validation images; of the other {others:,}, "
            f"{self.unseen_right:,} are right{share}."
        )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a training goes on from: so many steps are done, the next is one of this epoch.

    `loss`, `hits` and `seen` are sums over the images of the epoch under way; `images` and
    `images_s` are what the speed is measured by. `seconds` are those of the curve, in which a
    training that met a compiled network is no faster than another: `compiling_s` come on top.
    """

    epoch: int = 1
    step: int = 0
    loss: float = 0.0
    hits: float = 0.0
    seen: int = 0
    seconds: float = 0.0
    images: int = 0
    images_s: float = 0.0
    best_epoch: int = 0
    best_loss: float | None = None
    compiling_s: float = 0.0

    @property
    def seconds_in_all(self) -> float:
        return self.seconds + self.compiling_s


@dataclass(frozen=True, slots=True)
class Run:
    """One training; all but its state, what comes of it, and what people call it, never changes.

    One that `continues` another began with that one's curve and checkpoint, after `first_step`.
    `changes` are what was changed to fit network and data to each other, a sentence each. `name` is
    its network's until somebody renames it.
    """

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
    images: dict[str, int] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    worker: str = ""
    checkpoint: Checkpoint | None = None
    continues: str = ""
    first_step: int = 0
    changes: tuple[str, ...] = ()
    note: str = ""
    is_archived: bool = False
    owner: str = LOCAL_ID
    is_shared: bool = False

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def begun_with(self) -> str:
        """Whose weights it began with, in words; nothing where they were new."""
        start = self.configuration.start
        if self.continues:
            return f"the weights of run {self.continues}"
        return f"weights of {start.origin}" if start else ""

    @property
    def epochs_wanted(self) -> int:
        """The epochs it is to have; where seconds decide, how many that may be by now."""
        train_images = self.images.get("train")
        if not self.configuration.seconds or not train_images:
            return 1 if self.configuration.seconds else self.configuration.epochs
        an_epoch = self.configuration.steps_per_epoch(train_images)
        return max(math.ceil(self.progress.steps / an_epoch), self.progress.epoch, 1)

    @property
    def recipe(self) -> str:
        """What the run is found again by: equal where network and configuration are."""
        return recipe(self.architecture, self.configuration, self.continues)


@remembered(5 * LAYERS)
def recipe(architecture: Architecture, configuration: Configuration, continues: str = "") -> str:
    """A digest of all that decides a training's outcome, also what it continues; not the name."""
    network = architecture.to_record()
    del network["name"]
    values = json.dumps([network, configuration.to_dict(), *filter(None, [continues])])
    decides = json.dumps(json.loads(values, parse_int=float), sort_keys=True)  # 1 is 1.0
    return hashlib.sha256(decides.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the curve: measured on the batch it was trained on, before it was."""

    step: int
    epoch: float
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class GradientNorms:
    """The L2 norm of the gradients of each row's trainable weights, at one step."""

    step: int
    norms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch: training figures averaged over its steps, validation over all its images."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float
