"""The settings of a training as widgets: those that matter in view, the rest behind a click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnn.data import DatasetSpec
from cnn.training.recipe.configuration import (
    USUAL_DECAY,
    Configuration,
    ConfigurationError,
    Optimizer,
    Schedule,
    usual_decay,
)
from cnn.training.recipe.data_address import data_id
from ui.training.shapes import shape_values
from ui.words import plain

AUTO = "auto"
SHARES = ("momentum", "weight_decay", "label_smoothing")
AUGMENTATION = ("shift", "rotation", "zoom")
HIDDEN = (*SHARES, "patience", *AUGMENTATION)
BATCHES = (AUTO, 8, 16, 32, 64, 128, 256, 512)
RATES = (AUTO, "0.1", "0.03", "0.01", "0.003", "0.001", "0.0003", "0.0001")
OPTIMIZER_NAMES = {
    Optimizer.SGD: "SGD",
    Optimizer.RMSPROP: "RMSprop",
    Optimizer.ADAM: "Adam",
    Optimizer.ADAMW: "AdamW",
}
SCHEDULE_NAMES = {
    Schedule.CONSTANT: "constant",
    Schedule.STEP: "steps",
    Schedule.COSINE: "cosine",
    Schedule.ONE_CYCLE: "one cycle",
}


class Settings:
    """The widgets of one page; their values are kept in the session under its own keys."""

    def __init__(self, page: str) -> None:
        self._page = page

    def key(self, name: str) -> str:
        return f"{self._page}_{name}"

    def begin_with(self, configuration: Configuration) -> None:
        """Gives every widget that has no value yet the one of this configuration."""
        for key, value in self._values(configuration).items():
            st.session_state.setdefault(key, value)

    def put(self, configuration: Configuration) -> None:
        """Puts a configuration into the widgets; to be called before they are shown."""
        for key, value in self._values(configuration).items():
            st.session_state[key] = value

    def _values(self, configuration: Configuration) -> dict[str, Any]:
        rate = configuration.learning_rate
        plain = {
            name: getattr(configuration, name)
            for name in ("epochs", "optimizer", "schedule", "seed", "patience")
        }
        plain |= {name: float(getattr(configuration, name)) for name in SHARES}
        # Drawings have a rotation of their own.
        plain |= {f"augment_{name}": float(getattr(configuration, name)) for name in AUGMENTATION}
        values = plain | shape_values(configuration.dataset)
        values |= {
            "data": data_id(configuration.dataset),
            "batch_size": configuration.batch_size or AUTO,
            "learning_rate": AUTO if rate is None else f"{rate:g}",
        }
        return {self.key(name): value for name, value in values.items()}

    def shown(
        self,
        dataset: DatasetSpec,
        train_images: int,
        *,
        with_seeds: int = 0,
        in_place_of_epochs: Callable[[], object] | None = None,
    ) -> Configuration | None:
        """The widgets, and the configuration they make; None where they make none.

        `with_seeds` asks for how many seeds, at most so many, in place of one seed; something else
        may be asked for `in_place_of_epochs`.
        """
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if in_place_of_epochs:
                in_place_of_epochs()
            else:
                self._whole(
                    "Epochs",
                    "epochs",
                    1,
                    1_000,
                    hint="How often the training images are gone through, unless it ends sooner. "
                    "Where MACs are equal, it is so for the first network.",
                )
            self._choice(
                "Batch size",
                "batch_size",
                BATCHES,
                str,
                "Images per step. Few images learn better from small batches: 16 below 2,000.",
                width=142,
            )
            self._choice(
                "Optimizer",
                "optimizer",
                list(Optimizer),
                OPTIMIZER_NAMES.__getitem__,
                "How steps are made of gradients.",
                width=142,
                on_change=self._take_usual_decay,
            )
            self._choice(
                "Schedule",
                "schedule",
                list(Schedule),
                SCHEDULE_NAMES.__getitem__,
                "How the learning rate changes: one cycle is laid out to climb to its peak in the "
                "first 30 % of the steps, then to fall to almost nothing.",
                width=142,
            )
            self._rate()
            if with_seeds:
                self._whole("Seeds", "seeds", 1, with_seeds, "Trainings of each network.")
            else:
                what = "The same gives the same curve with the same machine, versions and threads."
                self._whole("Seed", "seed", 0, 2**31 - 1, what)
        automatic = st.container()
        with st.expander("More settings"):
            self._behind_a_click()
        try:
            made = self._configuration(dataset)
        except ConfigurationError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return None
        with automatic:
            self._what_auto_is(made, train_images)
        return made

    def _behind_a_click(self) -> None:
        with st.container(horizontal=True, gap="medium"):
            self._number("Momentum", "momentum", 0.0, 0.999, 0.05, "Of SGD.")
            self._number("Weight decay", "weight_decay", 0.0, 1.0, 0.001, "Pulls weights to zero.")
            self._number(
                "Label smoothing",
                "label_smoothing",
                *(0.0, 0.5, 0.05),
                "How much of the target is spread over all classes.",
            )
            self._whole(
                "Patience, epochs",
                "patience",
                0,
                1_000,
                "Early stopping: after so many epochs without a lower validation loss the training "
                "ends, and the weights of its best epoch are kept and tested. 0 is never.",
                width=170,
            )
        st.caption(
            "Augmentation: every training image is changed by up to so much, another way at every "
            "step. Validation and test images stay as they are."
        )
        with st.container(horizontal=True, gap="medium"):
            size = "A share of the image's size: 0.1 moves 28 pixels by up to 2.8."
            self._number("Shift", "augment_shift", 0.0, 0.5, 0.05, size)
            self._number("Rotation, degrees", "augment_rotation", 0.0, 180.0, 5.0, "Either way.")
            zoom = "0.1 makes images 0.9 to 1.1 times their size."
            self._number("Zoom", "augment_zoom", 0.0, 0.5, 0.05, zoom)

    def _configuration(self, dataset: DatasetSpec) -> Configuration:
        batch, rate = self._value("batch_size"), self._value("learning_rate")
        try:
            learning_rate = None if str(rate).startswith(AUTO) else float(str(rate))
        except ValueError:
            raise ConfigurationError(f"learning_rate must be a number, got {rate!r}.") from None
        return Configuration(
            dataset=dataset,
            epochs=self._value("epochs"),
            batch_size=None if batch == AUTO else batch,
            optimizer=self._value("optimizer"),
            learning_rate=learning_rate,
            schedule=self._value("schedule"),
            momentum=self._value("momentum"),
            weight_decay=self._value("weight_decay"),
            label_smoothing=self._value("label_smoothing"),
            patience=self._value("patience"),
            **{name: self._value(f"augment_{name}") for name in AUGMENTATION},
            seed=self._value("seed"),
        )

    def _value(self, name: str) -> Any:
        return st.session_state[self.key(name)]

    def _what_auto_is(self, made: Configuration, train_images: int) -> None:
        """In words of their own: a list does not change the label of what is chosen in it."""
        said = []
        if made.batch_size is None:
            said.append(f"batches of {made.batch_size_for(train_images)}")
        if made.learning_rate is None:
            said.append(f"a learning rate of {made.peak_rate:g}")
        lines = [f"Auto is {' and '.join(said)}."] if said else []
        usual = Configuration()
        changed = [name for name in HIDDEN if getattr(made, name) != getattr(usual, name)]
        if changed:
            words = [f"{name.replace('_', ' ')} {getattr(made, name):g}" for name in changed]
            lines.append(f"Changed below: {', '.join(words)}.")
        if lines:
            st.caption(" ".join(lines))

    def _rate(self) -> None:
        st.selectbox(
            "Learning rate",
            RATES,
            key=self.key("learning_rate"),
            accept_new_options=True,
            help="The highest of the schedule. Type any other number.",
            persist_state="session",
            width=142,
        )

    def _choice(
        self,
        label: str,
        name: str,
        options: Any,
        words: Callable[[Any], str],
        hint: str,
        width: int,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        st.selectbox(
            label,
            options,
            key=self.key(name),
            format_func=words,
            help=hint,
            persist_state="session",
            width=width,
            on_change=on_change,
        )

    def _take_usual_decay(self) -> None:
        """AdamW is there for its decay; one that somebody chose stays."""
        if self._value("weight_decay") in (0.0, *USUAL_DECAY.values()):
            usual = usual_decay(self._value("optimizer"))
            st.session_state[self.key("weight_decay")] = usual

    def _whole(
        self, label: str, name: str, low: int, high: int, hint: str, width: int = 118
    ) -> None:
        st.number_input(
            label,
            low,
            high,
            key=self.key(name),
            step=1,
            help=hint,
            persist_state="session",
            width=width,
        )

    def _number(
        self, label: str, name: str, low: float, high: float, step: float, hint: str
    ) -> None:
        st.number_input(
            label,
            low,
            high,
            key=self.key(name),
            step=step,
            format="%.3g",
            help=hint,
            persist_state="session",
            width=170,
        )
