"""Training, validation and test images out of what a source has: what is missing is set aside.

Owns the fractions, the draws, and the sentence that says what is used as what. The test images are
the same for every seed, so that runs can be compared.
"""

import numpy as np

from cnn.data.dataset import Dataset, Indexes, Labels, Source, Split, stratified
from cnn.data.fitting import ImageShape, fit
from cnn.data.own.splits import Part
from cnn.data.portion import WHOLE, Portion
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec

TEST_FRACTION = 1 / 6  # where a data set comes without a test set of its own
HALF = 1 / 2  # of validation images that come without test images
_TEST, _VALIDATION = 10, 11  # so that the draws of one seed are independent of each other


def split(source: Source, spec: DatasetSpec, shape: ImageShape) -> Dataset:
    """Return the data set of a source, its images fitted to this shape.

    Where somebody kept validation images apart, but no test images, half of those are the test:
    the images that are trained on are left as they were chosen, and nothing like them is tested.
    """
    learn, validation, test = source.learn, source.validation, source.test
    portion = spec.portion
    if test is None:
        part, kept, aside = set_aside(source)
        if part is Part.TRAIN or validation is None:
            learn, test = learn.take(kept), learn.take(aside)
        else:
            validation, test = validation.take(kept), validation.take(aside)
    if portion.folds:
        others, own = portion.apart(learn.labels)
        learn, test = learn.take(others), learn.take(own)
    if validation is None:
        rng = np.random.default_rng((spec.seed, _VALIDATION))
        train, aside = stratified(learn.labels, spec.validation_fraction, rng)
        learn = fit(learn, shape)
        learn, validation = learn.take(train), learn.take(aside)
    if portion.share < 1:
        learn = learn.take(portion.taken(learn.labels))
    is_own = spec.name is DatasetName.OWN_IMAGES
    said = _in_words(source, len(learn), validation, test) if is_own else ""
    if portion != WHOLE:
        said = _of_a_portion(portion, len(learn), len(validation), len(test))
    return Dataset(
        name=spec.name,
        class_names=source.class_names,
        train=fit(learn, shape),
        validation=fit(validation, shape),
        test=fit(test, shape),
        origin=source.origin,
        rejected=source.rejected,
        how_split=said,
        found_shape=source.found_shape,
        usual_side=source.usual_side,
        sizes=source.sizes,
    )


def set_aside(source: Source) -> tuple[Part, Indexes, Indexes]:
    """Where a source has no test: of which split some images are set aside, and by their places
    those that stay and those that are tested.
    """
    rng = np.random.default_rng(_TEST)
    if source.validation is not None:
        return Part.VALIDATION, *stratified(source.validation.labels, HALF, rng)
    return Part.TRAIN, *stratified(source.learn.labels, TEST_FRACTION, rng)


def fold_of(source: Source, portion: Portion) -> Indexes:
    """Which images to learn from are those of a fold, by their places in the source."""
    labels = source.learn.labels
    kept = np.arange(len(labels))
    if source.test is None and source.validation is None:
        _, kept, _ = set_aside(source)
    _, own = portion.apart(labels[kept])
    places: Indexes = kept[own]
    return places


def _of_a_portion(portion: Portion, train: int, validation: int, test: int) -> str:
    words = f"{portion.words[0].upper()}{portion.words[1:]}"
    return f"{words}: {train:,} to train, {validation:,} to validate, {test:,} to test."


def _in_words(source: Source, train: int, validation: Split, test: Split) -> str:
    """What is used as what, and from where."""
    called, has = source.called, (source.validation is not None, source.test is not None)
    learn, kept, tested = (called.get(part, "") for part in Part)
    drawn = "drawn class by class"
    match has:
        case (True, True):
            said = (
                f"{train:,} images of {learn} to train, {len(validation):,} of {kept} to validate"
            )
            said = f"{said}, {len(test):,} of {tested} to test"
        case (True, False):
            said = (
                f"{train:,} images of {learn} to train; of {kept}, as there are no test images, "
                f"{len(validation):,} to validate and the other {len(test):,} to test, {drawn}"
            )
        case (False, True) if not called:
            said = (
                f"of {train + len(validation):,} images, {train:,} are to learn from and "
                f"{len(validation):,} to check with after each epoch, drawn class by class; "
                f"{len(test):,} others are the test"
            )
        case (False, True):
            said = (
                f"of the {train + len(validation):,} images of {learn}, {train:,} to train and "
                f"{len(validation):,} to validate, {drawn}; {len(test):,} of {tested} to test"
            )
        case _:
            said = (
                f"of {train + len(validation) + len(test):,} pictures, {train:,} are to learn "
                f"from, {len(validation):,} are to check with after each epoch, and {len(test):,} "
                f"are set aside for a test, which the network has never seen; {drawn}"
            )
    if not called and not source.pooled:
        return f"{said[0].upper()}{said[1:]}."
    lead = source.pooled or "Its own splits are used"
    apart = [
        _missing(source.class_names, one.labels, name)
        for one, name in ((validation, kept), (test, tested or kept))
        if called and name
    ]
    return " ".join([f"{lead}: {said}.", *dict.fromkeys(filter(None, apart))])


def _missing(class_names: tuple[str, ...], labels: Labels, where: str) -> str:
    """Which classes have no image there, so that nothing is measured of them."""
    there = set(labels.tolist())
    absent = [name for label, name in enumerate(class_names) if label not in there]
    if not absent:
        return ""
    many = f" and {len(absent) - 3:,} more" if len(absent) > 3 else ""
    return f"No image of {', '.join(absent[:3])}{many} is in {where}."
