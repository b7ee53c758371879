"""The conditions of an experiment: data, settings and seeds, the same for all of its trainings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from cnn.comparing.comparison import MOST_SEEDS, Entrant, Plan
from cnn.data import CATALOGUE
from cnn.data.look import Look
from cnn.diagnose import folds
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.training.forecast import limits
from cnn.training.recipe.address import from_address, to_address
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.fitting import image_changes, with_classes
from cnn.training.recipe.run import LIVE
from ui.parts.comparison.progress import expected
from ui.parts.runs import runs
from ui.parts.setup import data
from ui.parts.setup.settings import Settings
from ui.session.person import own_folder
from ui.session.words import plain
from ui.views.experiments.address import Address, whole

SEEDS = "seeds"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What every training of an experiment has in common."""

    configuration: Configuration
    seeds: int
    look: Look

    @property
    def classes(self) -> int:
        return len(self.look.class_names)

    def entrant(self, id: str, architecture: Architecture) -> Entrant:
        """A network fitted to the data; raises `ArchitectureError` where it cannot be."""
        fitted, on_head = with_classes(architecture, self.classes)
        name = self.configuration.dataset.name
        on_images = image_changes(name, self.look.brought_shape, fitted.input)
        return Entrant(id, fitted, on_images + on_head)

    def images(self, own: Configuration) -> dict[str, int]:
        """The images of each split that a training has, which may have a smaller share of them."""
        portion, whole = own.dataset.portion, self.configuration.dataset.portion
        if portion == whole:
            return self.look.images
        if portion.folds and not whole.folds:
            return folds.of_fold(self.look.images, portion)
        return self.look.images | {"train": portion.count(self.look.counts["train"])}

    def to_address(self) -> dict[str, str | list[str]]:
        written: dict[str, str | list[str]] = {SEEDS: str(self.seeds)}
        written |= to_address(self.configuration)
        written.pop("seed", None)
        return written


def begin(settings: Settings, first: Configuration, seeds: int = 1) -> None:
    """Gives the widgets that have no value yet their first one."""
    settings.begin_with(first)
    st.session_state.setdefault(settings.key(SEEDS), seeds)


def arrive(settings: Settings, first: Configuration, address: Address, seeds: int = 1) -> None:
    """Puts the conditions of an address into the widgets."""
    flat = {name: values[-1] for name, values in address.items() if values}
    settings.put(from_address(flat, first, own_folder()))
    st.session_state[settings.key(SEEDS)] = whole(address, SEEDS, seeds, 1, MOST_SEEDS)


def conditions(settings: Settings, *, compares: bool = True) -> Conditions | None:
    """The widgets, and what they say; None, with the reason shown, where it cannot be.

    What seeds can show is said where networks are compared.
    """

    def usual_epochs() -> None:
        chosen = st.session_state[settings.key("data")]
        st.session_state[settings.key("epochs")] = data.usual_epochs(chosen)

    spec = data.choose_data(settings.key, on_change=usual_epochs)
    if spec is None:
        return None
    look = data.look(spec, CATALOGUE[spec.name].image_shape)
    if look is None:
        return None
    data.split_said(look)
    configuration = settings.shown(
        spec, look.train_images, with_seeds=MOST_SEEDS, compares=compares
    )
    if configuration is None:
        return None
    return Conditions(configuration, int(st.session_state[settings.key(SEEDS)]), look)


def trainable(plans: Sequence[Plan], chosen: Conditions) -> list[Plan]:
    """The plans that this machine can train; others are left out, and said so.

    Of those that are left, what is missing is estimated.
    """
    busy = runs.store().count(LIVE) > 0
    kept = []
    for plan in plans:
        try:
            for entrant in plan.entrants:
                limits.check(
                    entrant.architecture,
                    plan.configuration,
                    chosen.images(plan.configuration),
                    busy=busy,
                )
        except (ArchitectureError, ConfigurationError) as error:
            st.warning(plain(f"Left out: {error}"), icon=":material/block:")
        else:
            kept.append(plan)
    expected(kept, chosen.images)
    return kept
