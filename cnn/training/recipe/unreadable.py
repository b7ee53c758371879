"""What another version of the program left in the store and this one cannot read: shown as that.

It knows layers, states or fields that are unknown here, as after going back a version. Such a row
is neither changed nor deleted unasked: the version that wrote it finds it as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnn.training.recipe.run import LIVE, State
from cnn.version import VERSION, is_later

PROGRAM = "program"
"""What a run notes among its versions of the program that wrote it; an older run notes nothing."""

WAY_OUT = "It stays as it is: use the version that wrote it, or delete it."


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A run that cannot be read: why, and what is known of it all the same.

    `state` is as it stands there, one that is unknown here included; `version` is that of the
    program which wrote it, empty where it is not known.
    """

    id: str
    name: str
    reason: str
    version: str = ""
    state: str = ""
    network: str = ""
    dataset: str = ""
    created_at: float = 0.0
    note: str = ""
    is_archived: bool = False
    is_tested: bool = False

    @property
    def is_live(self) -> bool:
        """Whether something may still happen to it by itself, as far as that can be told."""
        return self.state in LIVE or self.state not in list(State)

    @property
    def words(self) -> str:
        """Which run it is, who wrote it, why it cannot be read, and what to do."""
        if is_later(self.version):
            by = f"a later version ({self.version}) of the program"
        elif self.version:
            by = f"version {self.version} of the program"
        else:
            by = "another version of the program, which gave no number"
        return (
            f"run {self.id} was written by {by}; this one ({VERSION}) cannot read it: "
            f"{self.reason}. {WAY_OUT}"
        )


def first_sentence(error: Exception) -> str:
    """The reason alone: what is known here instead says nothing of what was meant there."""
    return " ".join(str(error).split()).split(". ")[0].rstrip(".")[:200]


def written_by() -> dict[str, str]:
    """What a run that is written now notes of the version that writes it."""
    return {PROGRAM: VERSION}
