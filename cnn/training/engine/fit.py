"""A run carried out: trained to its end, whatever that is, and what came of it put on record."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace

from cnn.training.engine.channel import Channel, Interrupted, Stopped
from cnn.training.engine.kept_machines import keep
from cnn.training.engine.training_loop import Diverged, TrainingLoop
from cnn.training.engine.weights import keep_model
from cnn.training.recipe.run import TRACEBACK, Progress, Run, State
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
    channel, training = Channel(store, run, watch, is_gone), None
    try:
        training = TrainingLoop(run, channel)
        result = training.to_the_end()
        channel.finish(State.FINISHED, training.message, result)
    except Stopped:
        channel.finish(State.STOPPED, BY_HAND)
        keep_model(channel, run)  # after the end, as a stop is not to wait for it
    except Interrupted:
        channel.finish(State.INTERRUPTED, "The process that trained this run was told to end.")
    except Diverged as reason:
        channel.finish(State.DIVERGED, str(reason))
    except TakenOver:
        pass  # all that is to be said of it, another worker says
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  the reader gets the reason, whatever it was
        channel.keep_files({TRACEBACK: traceback.format_exc().encode()})
        channel.finish(State.FAILED, f"{type(error).__name__}: {error}"[:2_000])
    finally:
        if training:
            keep(training.machine, run.architecture, run.configuration)
    return store.get(run.id) or replace(run, state=State.STOPPED, message=DELETED)
