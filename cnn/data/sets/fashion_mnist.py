"""Fashion-MNIST: ten kinds of clothing in the form of MNIST."""

from cnn.data.sets.entry import Entry
from cnn.data.sets.mnist import FASHION, is_here, load_collection

SET = Entry(
    title="Fashion-MNIST",
    description="60,000 and 10,000 pieces of clothing, from a local file or Keras' download; "
    "verified by structure (shapes and class counts), as no reference hash is known here.",
    image_shape=(28, 28, 1),
    load=lambda spec, shape: load_collection(FASHION),
    class_names=lambda spec: FASHION.class_names,
    usual_epochs=3,
    is_here=lambda: is_here(FASHION),
)
