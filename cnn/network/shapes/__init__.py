"""Shape arithmetic: how cells meet along an axis, and what of the input each of them can see.

Plain numbers in, plain numbers out; knows nothing of layers.
"""

from cnn.network.shapes.axes import Axis, Spread, axis
from cnn.network.shapes.sight import (
    NOTHING,
    Reach,
    ReceptiveField,
    Step,
    field_of_all,
    field_of_one,
    repeated,
    united,
    united_reach,
    whole_reach,
)
from cnn.network.shapes.sizes import MapShape, Shape, element_count, shape_text
