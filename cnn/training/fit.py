"""The training itself: one run, from its first step to its test result."""

from __future__ import annotations

import io
import math
import os
import platform
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import fingerprint, load
from cnn.training.machine import Machine, Numbers
from cnn.training.reporter import PULSE_S, Interrupted, Reporter, Stopped
from cnn.training.run import (
    PREDICTIONS,
    TRACEBACK,
    WEIGHTS,
    Epoch,
    Progress,
    Result,
    Run,
    State,
    Step,
)
from cnn.training.schedule import learning_rates
from cnn.training.store import Store, StoreError


class Diverged(Exception):
    """The loss is no longer a finite number; the message says where and what to try."""


def carry_out(
    store: Store,
    run: Run,
    watch: Callable[[Progress], None] = lambda _: None,
    is_gone: Callable[[], bool] = lambda: False,
) -> Run:
    """Trains a claimed run to its end, whatever that is, and keeps all of it in the store.

    `watch` hears of the progress; `is_gone` says that this process has to end. Only a store that
    cannot be used raises.
    """
    try:
        result = _Training(store, run, Reporter(store, run.id, watch, is_gone)).to_the_end()
        store.finish(run.id, State.FINISHED, result=result)
    except Stopped:
        store.finish(run.id, State.STOPPED, "Stopped by hand; the test set was not looked at.")
    except Interrupted:
        store.finish(
            run.id, State.INTERRUPTED, "The process that trained this run was told to end."
        )
    except Diverged as reason:
        store.finish(run.id, State.DIVERGED, str(reason))
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  the reader gets the reason, whatever it was
        store.keep_file(run.id, TRACEBACK, traceback.format_exc().encode())
        store.finish(run.id, State.FAILED, f"{type(error).__name__}: {error}"[:2_000])
    return store.get(run.id) or run


def environment() -> dict[str, Any]:
    """The versions and the machine a run is trained with."""
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
    }
    for name in ("tensorflow", "keras", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # installed under another name, such as tensorflow-cpu
            found[name] = "unknown"
    return found


def arrays_to_bytes(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """Arrays as an .npz file."""
    written = io.BytesIO()
    np.savez(written, **arrays)  # type: ignore[arg-type]
    return written.getvalue()


@dataclass(slots=True)
class _Sums:
    """Loss and hits over the steps of an epoch, each step weighed by its images."""

    loss: float = 0.0
    hits: float = 0.0
    images: int = 0


class _Training:
    """One run while it is trained: data, machine, and where it stands."""

    def __init__(self, store: Store, run: Run, reporter: Reporter) -> None:
        self.store, self.run, self.reporter = store, run, reporter
        self.configuration = run.configuration
        reporter.tell(Progress(phase="loading the data"))
        self.data = load(run.configuration.dataset, run.architecture.input)
        images = {name: len(split) for name, split in self.data.splits.items()}
        store.freeze(run.id, fingerprint(self.data), images, environment())
        train_images = len(self.data.train)
        self.batch = self.configuration.batch_size_for(train_images)
        self.per_epoch = math.ceil(train_images / self.batch)
        self.rates = learning_rates(self.configuration, self.per_epoch * self.configuration.epochs)
        self.epoch, self.step, self.chunk = 1, 0, 1
        self.seconds = self.evaluating_s = 0.0
        self.trained_images, self.trained_s = 0, 0.0  # without the step that compiles
        reporter.tell(self._progress("building the network"))
        self.machine = Machine(run.architecture, self.configuration, self.data.train)
        reporter.tell(self._progress("compiling"))

    def to_the_end(self) -> Result:
        for epoch in range(1, self.configuration.epochs + 1):
            self.epoch = epoch
            sums = self._one_epoch()
            self.reporter.tell(self._progress("validating"))
            began = time.perf_counter()
            val_loss, val_accuracy, _ = self.machine.evaluate(
                self.data.validation, self.reporter.pulse
            )
            self.evaluating_s = time.perf_counter() - began
            self.seconds += self.evaluating_s
            measured = Epoch(
                epoch=self.epoch,
                loss=sums.loss / sums.images,
                accuracy=sums.hits / sums.images,
                val_loss=val_loss,
                val_accuracy=val_accuracy,
                seconds=self.seconds,
            )
            self.store.record_epoch(self.run.id, measured)
            self.store.keep_file(self.run.id, WEIGHTS, arrays_to_bytes(self.machine.weights()))
        return self._tested()

    def _tested(self) -> Result:
        self.reporter.tell(self._progress("testing"))
        loss, accuracy, scores = self.machine.evaluate(self.data.test, self.reporter.pulse)
        predictions: dict[str, npt.NDArray[Any]] = {
            "scores": scores.astype(np.float16),
            "labels": self.data.test.labels,
        }
        self.store.keep_file(self.run.id, PREDICTIONS, arrays_to_bytes(predictions))
        return Result(
            test_loss=loss,
            test_accuracy=accuracy,
            test_images=len(self.data.test),
            train_images=len(self.data.train),
            validation_images=len(self.data.validation),
            seconds=self.seconds,
            images_per_s=self._images_per_s,
        )

    def _one_epoch(self) -> _Sums:
        order = np.random.default_rng((self.configuration.seed, self.epoch))
        shuffled = order.permutation(len(self.data.train)).astype(np.int32)
        sums, done = _Sums(), 0
        while done < self.per_epoch:
            count = min(self.chunk, self.per_epoch - done)
            rates = self.rates[self.step : self.step + count]
            began = time.perf_counter()
            losses, hits = self.machine.steps(shuffled, done, count, self.batch, rates)
            took = time.perf_counter() - began
            sizes = [min(self.batch, len(shuffled) - (done + i) * self.batch) for i in range(count)]
            for size, loss, hit in zip(sizes, losses, hits, strict=True):
                sums.loss += float(loss) * size
                sums.hits += float(hit)
                sums.images += size
            if self.step:  # the first step also compiles, which says nothing of the speed
                self.chunk = max(1, min(int(count * PULSE_S / max(took, 1e-4)), 4 * count))
                self.trained_images += sum(sizes)
                self.trained_s += took
            measured = self._measured(losses, (hits / sizes).astype(np.float32), rates, took)
            done += count
            self.step += count
            self.seconds += took
            self.reporter.tell(self._progress("training"), measured)
            self._check_finite(losses)
        return sums

    def _measured(
        self, losses: Numbers, accuracies: Numbers, rates: Numbers, took: float
    ) -> list[Step]:
        """The steps just done; their times are spread evenly, as they were measured together."""
        return [
            Step(
                step=self.step + i + 1,
                epoch=(self.step + i + 1) / self.per_epoch,
                loss=float(losses[i]),
                accuracy=float(accuracies[i]),
                learning_rate=float(rates[i]),
                seconds=self.seconds + took * (i + 1) / len(losses),
            )
            for i in range(len(losses))
            if math.isfinite(losses[i])
        ]

    def _check_finite(self, losses: Numbers) -> None:
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(bad):
            step = self.step - len(losses) + int(bad[0]) + 1
            peak = self.configuration.peak_rate
            raise Diverged(
                f"The loss was no longer a finite number at step {step:,}. The learning rate was "
                f"{float(self.rates[step - 1]):.2g}, its highest is {peak:g}. Try a third: "
                f"{peak / 3:.2g}."
            )

    @property
    def _images_per_s(self) -> float:
        return self.trained_images / self.trained_s if self.trained_s else 0.0

    def _progress(self, phase: str) -> Progress:
        speed = self._images_per_s
        steps_left = len(self.rates) - self.step
        evaluations_left = self.configuration.epochs - self.epoch + 1
        return Progress(
            epoch=self.epoch,
            step=self.step,
            steps=len(self.rates),
            images_per_s=speed,
            seconds=self.seconds,
            seconds_left=steps_left * self.batch / speed + evaluations_left * self.evaluating_s
            if speed
            else None,
            phase=phase,
        )
