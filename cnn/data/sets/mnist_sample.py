"""The 7,000 images of MNIST that ship with the project."""

from cnn.data.sets.entry import Entry
from cnn.data.sets.mnist import SAMPLE, load_sample

SET = Entry(
    title="MNIST sample",
    description="6,000 training and 1,000 test images of MNIST that ship with this project, each "
    "digit in its share.",
    image_shape=(28, 28, 1),
    load=lambda spec, shape: load_sample(),
    class_names=lambda spec: SAMPLE.class_names,
    usual_epochs=5,
)
