"""The settings of a training as widgets: those that matter in view, the rest behind a click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnn.comparing.verdict_words import about_seeds, before_training
from cnn.data import DatasetSpec
from cnn.network.fields import Real, Whole
from cnn.numbers import exact, number
from cnn.training.recipe.conditions import changed
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.setting import Panel, Setting, Word, asked_for
from ui.parts.setup.drawings import drawing_values
from ui.session.words import plain

AUTO = "auto"
SAID_OF = {
    Panel.AUGMENTATION: "Augmentation: every training image is changed by up to so much, another "
    "way at every step, in the order of these fields; none and 0 are off. Validation and test "
    "images stay as they are.",
}
NARROW, LISTED, WIDE = 118, 142, 170


class Settings:
    """The widgets of one page; their values are kept in the session under its own keys."""

    def __init__(self, page: str, kind: type[Configuration] = Configuration) -> None:
        self._page, self._kind = page, kind

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
        values = {
            one.in_address or name: _in_widget(one, getattr(configuration, name))
            for name, one in asked_for(self._kind).items()
        }
        spec = configuration.dataset
        values |= drawing_values(spec) | {"data": data_id(spec), "portion": spec.portion.text}
        return {self.key(name): value for name, value in values.items()}

    def shown(
        self,
        dataset: DatasetSpec,
        train_images: int,
        *,
        with_seeds: int = 0,
        compares: bool = True,
        in_place_of_epochs: Callable[[], object] | None = None,
    ) -> Configuration | None:
        """The widgets, and the configuration they make; None where they make none.

        `with_seeds` asks for how many seeds, at most so many, in place of one seed, and says what
        they can show where one `compares`; something else may be asked for `in_place_of_epochs`.
        """
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for name, one in self._on(Panel.IN_VIEW):
                if name == "epochs" and in_place_of_epochs:
                    in_place_of_epochs()
                elif name == "seed" and with_seeds:
                    self._seeds(with_seeds)
                else:
                    self._widget(name, one)
        if with_seeds and compares:
            st.caption(before_training(int(self._value("seeds"))))
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
        for panel in (Panel.MORE, Panel.AUGMENTATION):
            if said := SAID_OF.get(panel):
                st.caption(said)
            with st.container(horizontal=True, gap="medium"):
                for name, one in self._on(panel):
                    self._widget(name, one)

    def _on(self, panel: Panel) -> list[tuple[str, Setting]]:
        return [(name, one) for name, one in asked_for(self._kind).items() if one.panel is panel]

    def _configuration(self, dataset: DatasetSpec) -> Configuration:
        values = {
            name: _chosen(name, one, self._value(one.in_address or name))
            for name, one in asked_for(self._kind).items()
        }
        return self._kind(dataset=dataset, **values)

    def _value(self, name: str) -> Any:
        return st.session_state[self.key(name)]

    def _what_auto_is(self, made: Configuration, train_images: int) -> None:
        """In words of their own: a list does not change the label of what is chosen in it."""
        said = []
        if made.batch_size is None:
            said.append(f"batches of {made.batch_size_for(train_images)}")
        if made.learning_rate is None:
            said.append(f"a learning rate of {number(made.peak_rate)}")
        lines = [f"Auto is {' and '.join(said)}."] if said else []
        if below := changed(made, (Panel.MORE, Panel.AUGMENTATION)):
            lines.append(f"Changed below: {', '.join(below)}.")
        if lines:
            st.caption(" ".join(lines))

    def _widget(self, name: str, one: Setting) -> None:
        asked: dict[str, Any] = {
            "key": self.key(one.in_address or name),
            "help": one.hint,
            "persist_state": "session",
        }
        label = f"{one.label}, {one.unit}" if one.unit else one.label
        match one.rule:
            case Word(words, called):
                st.selectbox(
                    label,
                    list(words),
                    format_func=lambda word: called.get(word, word),
                    on_change=self._take_usual,
                    args=(name,),
                    width=LISTED,
                    **asked,
                )
            case Whole() if one.offered:
                held = self._value(one.in_address or name)
                others = () if held in (AUTO, *one.offered) else (held,)
                offered = (AUTO, *sorted((*one.offered, *others)))
                st.selectbox(label, offered, format_func=str, width=LISTED, **asked)
            case Real() if one.offered:
                texts = (AUTO, *(exact(rate) for rate in one.offered))
                st.selectbox(label, texts, accept_new_options=True, width=LISTED, **asked)
            case Whole(low, high):
                width = NARROW if one.panel is Panel.IN_VIEW else WIDE
                st.number_input(label, low, high, step=1, width=width, **asked)
            case Real(low, high):
                st.number_input(
                    label, low, high, step=float(one.step), format="%.3g", width=WIDE, **asked
                )

    def _seeds(self, most: int) -> None:
        st.number_input(
            "Seeds",
            1,
            most,
            key=self.key("seeds"),
            step=1,
            help=about_seeds(),
            persist_state="session",
            width=NARROW,
        )

    def _take_usual(self, changed: str) -> None:
        """What follows a setting takes its usual value, as AdamW is there for its decay; one that
        somebody chose stays.
        """
        for name, one in asked_for(self._kind).items():
            if one.usual is None or one.follows != changed:
                continue
            rule = asked_for(self._kind)[changed].rule
            assert isinstance(rule, Word)
            if self._value(name) in map(one.usual, rule.vocabulary):
                st.session_state[self.key(name)] = one.usual(self._value(changed))


def _in_widget(one: Setting, value: Any) -> Any:
    """A value as its widget holds it."""
    if one.is_auto and value is None:
        return AUTO
    if isinstance(one.rule, Real):
        return _exact(value) if one.offered else float(value)
    return value


def _exact(number: float) -> str:
    """As short as it can be written without becoming another."""
    short = exact(number)
    return short if float(short) == number else repr(number)


def _chosen(name: str, one: Setting, held: Any) -> Any:
    """The value that a widget holds."""
    if one.is_auto and str(held).startswith(AUTO):
        return None
    if not isinstance(held, str) or isinstance(one.rule, Word):
        return held
    try:
        return one.parsed(held)
    except ValueError:
        raise ConfigurationError(f"{name} must be a number, got {held!r}.") from None
