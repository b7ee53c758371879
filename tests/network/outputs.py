"""What a Keras model gives for images, at once: `predict` compiles it first, which takes longer."""

from typing import Any

import numpy as np


def outputs_of(model: Any, images: Any) -> Any:
    return np.asarray(model(images))
