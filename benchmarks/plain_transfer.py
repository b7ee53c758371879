"""Transfer by Keras alone, as its guide on transfer learning shows it; `transfer.py` runs it.

`python benchmarks/plain_transfer.py BODY.keras IMAGES.npz WAY SEED EPOCHS HEAD_FIRST` prints the
test accuracy as JSON. The head is new, the body is called with `training=False`, so that averages
of batch norm stay; the head is trained first at Adam's own rate, then all at 1e-5 as the guide has
it. New weights are trained at Adam's own rate throughout.
"""

import json
import sys
from typing import Any

import numpy as np

NEW, FROZEN = "new weights", "body frozen"
FINE_RATE = 1e-5


def model_of(path: str, classes: int, way: str) -> Any:
    """The body with a new head; of new weights the same network drawn anew."""
    import keras

    trained = keras.models.load_model(path)
    whole = trained if way != NEW else keras.models.clone_model(trained)
    base = keras.Model(whole.inputs, whole.layers[-1].input)
    inputs = keras.Input(base.input_shape[1:])
    if way == NEW:
        found = base(inputs)
    else:
        base.trainable = False
        found = base(inputs, training=False)
    outputs = keras.layers.Dense(classes, activation="softmax")(found)
    return base, keras.Model(inputs, outputs)


def main(body: str, images: str, way: str, seed: int, epochs: int, head_first: int) -> None:
    """Train, and say what came of it."""
    import keras

    keras.utils.set_random_seed(seed)
    data = np.load(images)
    base, model = model_of(body, int(data["y_train"].max()) + 1, way)
    parts = [(keras.optimizers.Adam(), epochs)]
    if way not in (NEW, FROZEN):
        head, rest = keras.optimizers.Adam(), keras.optimizers.Adam(FINE_RATE)
        parts = [(head, head_first), (rest, epochs - head_first)]
    for place, (optimizer, many) in enumerate(parts):
        base.trainable = base.trainable or place > 0
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        given = {name: data[f"{name}_train"] for name in "xy"}
        checked = data["x_validation"], data["y_validation"]
        batch = int(data["batch"])
        model.fit(**given, batch_size=batch, epochs=many, validation_data=checked, verbose=0)
    _, accuracy = model.evaluate(data["x_test"], data["y_test"], verbose=0)
    print(json.dumps({"test_accuracy": accuracy, "test_images": len(data["y_test"])}))


if __name__ == "__main__":
    given_body, given_images, given_way, *numbers = sys.argv[1:]
    main(given_body, given_images, given_way, *map(int, numbers))
