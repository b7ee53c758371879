"""A run carried out: trained to its end, whatever that is, and what came of it put on record."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace

from cnn.training.engine.course import Course, Diverged
from cnn.training.engine.kept_machines import keep
from cnn.training.engine.outbox import Outbox
from cnn.training.engine.reporter import Interrupted, Reporter, Stopped
from cnn.training.engine.weights import keep_model
from cnn.training.recipe.run import TRACEBACK, Progress, Result, Run, State
from cnn.training.store.store import BY_HAND, DELETED, Store, StoreError, TakenOver


def carry_out(
    store: Store,
    run: Run,
    watch: Callable[[Progress], None] = lambda _: None,
    is_gone: Callable[[], bool] = lambda: False,
) -> Run:
    """Trains a claimed run to its end, whatever that is, and keeps all of it in the store.

    `watch` hears of the progress; `is_gone` says that this process has to end. Only a store that
    cannot be used raises. A run that was deleted meanwhile is said to be that by its message.
    """
    outbox, training = Outbox(store, is_gone, run.worker), None

    def finish(state: State, message: str, result: Result | None = None) -> None:
        outbox.finish(run.id, state, message, result, run.worker)

    try:
        training = Course(store, outbox, run, Reporter(outbox, run, watch, is_gone))
        result = training.to_the_end()
        finish(State.FINISHED, training.message, result)
    except Stopped:
        finish(State.STOPPED, BY_HAND)
        keep_model(outbox, run)  # after the end, as a stop is not to wait for it
    except Interrupted:
        finish(State.INTERRUPTED, "The process that trained this run was told to end.")
    except Diverged as reason:
        finish(State.DIVERGED, str(reason))
    except TakenOver:
        pass  # all that is to be said of it, another worker says
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  the reader gets the reason, whatever it was
        outbox.keep_file(run.id, TRACEBACK, traceback.format_exc().encode())
        finish(State.FAILED, f"{type(error).__name__}: {error}"[:2_000])
    finally:
        if training:
            keep(training.machine, run.architecture, run.configuration)
    return store.get(run.id) or replace(run, state=State.STOPPED, message=DELETED)
