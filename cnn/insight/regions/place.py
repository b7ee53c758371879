"""What the cells of a map see of the input, as one value that pictures can link maps by."""

from __future__ import annotations

from dataclasses import dataclass

from cnn.network.trace import Row

Numbers = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """What the cells of a map see of the input: how much, how far apart, where the first one's
    middle is; and by how much the input was moved (down, right) for this map.
    """

    size: tuple[int, int] = (1, 1)
    jump: tuple[int, int] = (1, 1)
    offset: Numbers = (0.0, 0.0)
    moved: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, row: Row, moved: tuple[int, int] = (0, 0)) -> Place:
        """That of a layer's output."""
        field = row.receptive_field
        return cls(field.size, field.jump, field.offset, moved)
