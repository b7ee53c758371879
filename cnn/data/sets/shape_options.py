"""What is drawn, and how hard it is made to tell apart: the settings of the shapes.

Owns their bounds and defaults; `shapes` does the drawing.
"""

from dataclasses import dataclass
from enum import StrEnum

from cnn.data.errors import DataError, check_number, check_whole
from cnn.data.sets.options import sizes, some_of
from cnn.numbers import exact

MAX_DRAWINGS = 6_000


class Shape(StrEnum):
    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    CROSS = "cross"
    STAR = "star"
    RING = "ring"


@dataclass(frozen=True, slots=True)
class ShapeOptions:
    """What is drawn and how hard it is made; the defaults are those of the classic lesson."""

    kinds: tuple[Shape, ...] = (Shape.CIRCLE, Shape.SQUARE, Shape.TRIANGLE)
    samples: int = 180  # train and validation together
    test_samples: int = 300
    thickness: int = 0  # px of the outline; 0 fills the shape
    noise: float = 0.0  # standard deviation of the Gaussian noise on every pixel
    rotation: float = 10.0  # degrees each shape is turned at most, either way
    position: float = 1.0  # share of the free room the shape is moved in; 0 is the centre
    scale: tuple[float, float] = (0.6, 0.9)  # smallest and largest, of the image's shorter side

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", some_of(Shape, self.kinds))
        object.__setattr__(self, "scale", sizes(self.scale, 0.2, 1))
        check_whole("samples", self.samples, 6 * len(self.kinds), MAX_DRAWINGS)
        check_whole("test_samples", self.test_samples, len(self.kinds), MAX_DRAWINGS)
        check_whole("thickness", self.thickness, 0, 8)
        check_number("noise", self.noise, 0, 0.5)
        check_number("rotation", self.rotation, 0, 180)
        check_number("position", self.position, 0, 1)
        if self.thickness and {Shape.CIRCLE, Shape.RING} <= set(self.kinds):
            raise DataError(
                f"An outlined circle (thickness {self.thickness}) is a ring. "
                f"Fill the shapes (thickness 0) or leave one of the two out."
            )

    def said(self) -> dict[str, str]:
        """Each setting in words, for what is not as usual."""
        low, high = self.scale
        return {
            "kinds": f"{len(self.kinds)} kinds: {', '.join(self.kinds)}",
            "samples": f"{self.samples:,} drawings",
            "test_samples": f"{self.test_samples:,} test drawings",
            "thickness": f"outlines of {self.thickness} px",
            "noise": f"noise {exact(self.noise)}",
            "rotation": f"turned up to {exact(self.rotation)}°",
            "position": f"moved by {exact(self.position)}",
            "scale": f"sizes {exact(low)} to {exact(high)}",
        }


CLASSIC = ShapeOptions()
HARD = ShapeOptions(
    kinds=tuple(Shape),
    samples=1_200,
    noise=0.2,
    rotation=180.0,
    scale=(0.4, 0.95),
)
"""All six kinds, turned any way, in the noise."""
