"""A training that another program did and this one was told of: what is known of it, and what not.

It is no `Run`: it has no answers, no weights and no settings here, so that it is in lists and among
curves, and in nothing that claims or repeats anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cnn.network.architecture import Architecture
from cnn.people.person import LOCAL_ID
from cnn.training.recipe.run import LIVE, Progress, State, Wish

MARK = "trained elsewhere"
"""What such a training is called wherever it is seen."""

OWN_COUNT = "By its own count: no star, no test of a difference."


@dataclass(frozen=True, slots=True)
class Told:
    """What a program said of its training; the measures by the names that it has for them.

    One that it does not measure has no name. `no_design` is why its network could not be read.
    """

    epochs: int
    accuracy: str = ""
    val_loss: str = ""
    val_accuracy: str = ""
    loss: str = ""
    optimizer: str = ""
    batch: int = 0
    steps: int = 0  # of an epoch
    parameters: int = 0
    frozen: int = 0  # layers with weights that stay as they are
    no_design: str = ""

    @property
    def unmeasured(self) -> frozenset[str]:
        """The figures that nobody measured; where rows hold them, they mean nothing."""
        figures = ("accuracy", "val_loss", "val_accuracy")
        return frozenset(name for name in figures if not getattr(self, name))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One such training, and how far it has come."""

    id: str
    name: str
    told: Told
    state: State
    created_at: float
    architecture: Architecture | None = None
    started_at: float | None = None
    finished_at: float | None = None
    wish: Wish = Wish.RUN
    progress: Progress = field(default_factory=Progress)
    message: str = ""
    environment: dict[str, Any] = field(default_factory=dict)
    worker: str = ""
    note: str = ""
    is_archived: bool = False
    owner: str = LOCAL_ID
    is_shared: bool = False

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_tested(self) -> bool:
        """Nothing of it was tested here."""
        return False

    @property
    def network(self) -> str:
        """What its network is called; nothing where that could not be read."""
        return self.architecture.name if self.architecture else ""

    @property
    def epochs_wanted(self) -> int:
        return max(self.told.epochs, self.progress.epoch, 1)

    @property
    def words(self) -> str:
        """Why nothing can be made of it here but to look at it."""
        return (
            f"run {self.id}, {self.name}, was {MARK}: its curves are here, but no answers, weights "
            "or settings. Train its network here to have them."
        )
