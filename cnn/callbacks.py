"""Callbacks for anybody's own `model.fit`; Keras is imported when one is made."""

from __future__ import annotations

from typing import Any


def Workbench(name: str = "", *, store: str | None = None) -> Any:  # noqa: N802  as Keras' are called
    """A callback that has a training seen live in CNN Workbench, marked as trained elsewhere.

    `model.fit(..., callbacks=[cnn.callbacks.Workbench("mine")])`. `store` is the URL of another run
    store than that by setting. Whatever becomes of the store, the training goes on.
    """
    import keras

    from cnn.training.exchange.watching import Watching

    watching = Watching(name, store)

    class _Workbench(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_begin(self, logs: Any = None) -> None:
            watching.begin(self.model, self.params)

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            watching.epoch_begins(epoch)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            watching.batch_ends(batch, logs)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            watching.epoch_ends(epoch, logs)

        def on_train_end(self, logs: Any = None) -> None:
            watching.end()

    return _Workbench()
