"""The splits a person's own file has: read as the trade writes them, never pooled unsaid."""

import io
import re
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DataError, Dataset, DatasetName, DatasetSpec, brought, fingerprint, load
from cnn.data.own import library
from cnn.data.own.limits import ASIDE
from cnn.data.own.splits import arrays_of, layout_of
from cnn.data.summary import seen_test_images
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import recipe
from tests.data.own.test_images import npz, png, zipped

SHAPE = (8, 8, 1)
ANIMALS = (("cat", 20), ("dog", 120))


def part(folder: str, count: int, shift: int = 0) -> dict[str, bytes]:
    """So many cats and dogs in a folder, each with a grey of its own."""
    return {
        f"{folder}/{animal}/{n}.png": png(10 * n + grey + shift)
        for animal, grey in ANIMALS
        for n in range(count)
    }


def read(folder, members: dict[str, bytes], name: str = "pets.zip") -> Dataset:
    path = folder / name
    path.write_bytes(zipped(members))
    return load(brought(path), SHAPE)


def greys(split) -> set[int]:
    return set(split.pixels[:, 0, 0, 0].tolist())


THREE = part("train", 6) | part("val", 3, 5) | part("test", 4, 7)
TWO = part("train", 6) | part("test", 4, 5)
"""20 images: pooled, 3 of them were the test images, and images of test/ were trained on."""


def renamed(members: dict[str, bytes], **names: str) -> dict[str, bytes]:
    return {
        re.sub(r"^\w+", lambda found: names.get(found[0], found[0]), file): content
        for file, content in members.items()
    }


# Folders -------------------------------------------------------------------------------------


@pytest.mark.parametrize("train", ["train", "training", "TRAIN", "Training"])
@pytest.mark.parametrize("val", ["val", "valid", "validation", "Val"])
@pytest.mark.parametrize("test", ["test", "testing", "Test"])
def test_folders_with_the_names_of_splits_are_the_splits(tmp_path, train, val, test):
    data = read(tmp_path, renamed(THREE, train=train, val=val, test=test))

    assert data.class_names == ("cat", "dog")
    assert {name: len(split) for name, split in data.splits.items()} == {
        "train": 12,
        "validation": 6,
        "test": 8,
    }
    assert greys(data.train) == {10 * n + grey for n in range(6) for _, grey in ANIMALS}
    assert greys(data.validation) == {10 * n + grey + 5 for n in range(3) for _, grey in ANIMALS}
    assert greys(data.test) == {10 * n + grey + 7 for n in range(4) for _, grey in ANIMALS}
    assert data.how_split == (
        f"Its own splits are used: 12 images of {train}/ to train, 6 of {val}/ to validate, 8 of "
        f"{test}/ to test."
    )


def test_without_validation_images_one_in_six_of_train_is_set_aside_and_test_stays(tmp_path):
    data = read(tmp_path, TWO)

    assert [len(split) for split in data.splits.values()] == [10, 2, 8]
    assert greys(data.test) == {10 * n + grey + 5 for n in range(4) for _, grey in ANIMALS}
    assert data.how_split == (
        "Its own splits are used: of the 12 images of train/, 10 to train and 2 to validate, drawn "
        "class by class; 8 of test/ to test."
    )


def test_without_test_images_half_of_val_is_the_test_and_train_stays_whole(tmp_path):
    data = read(tmp_path, part("train", 6) | part("val", 4, 5))

    assert greys(data.train) == {10 * n + grey for n in range(6) for _, grey in ANIMALS}
    assert [len(split) for split in data.splits.values()] == [12, 4, 4]
    assert np.bincount(data.test.labels).tolist() == [2, 2]
    assert data.how_split == (
        "Its own splits are used: 12 images of train/ to train; of val/, as there are no test "
        "images, 4 to validate and the other 4 to test, drawn class by class."
    )
    again = load(
        DatasetSpec(
            DatasetName.OWN_IMAGES,
            seed=9,
            file=str(tmp_path / "pets.zip"),
            splits="train-validation",
        ),
        SHAPE,
    )
    assert greys(again.test) == greys(data.test)  # whatever the seed, as of every data set


@pytest.mark.parametrize("root", ["pets", "My pets (2)", "train", "data/pets"])
def test_a_folder_around_the_splits_and_what_systems_leave_behind_change_nothing(tmp_path, root):
    around = {f"{root}/{file}": content for file, content in THREE.items()}
    left = {f"__MACOSX/{root}/train/cat/._0.png": b"x", f"{root}/.hidden/cat/1.png": b"x"}
    notes = {"README.md": b"x", f"{root}/labels.csv": b"x", f"{root}/train/about.txt": b"x"}

    data = read(tmp_path, around | left | notes)

    assert [len(split) for split in data.splits.values()] == [12, 6, 8]
    assert {one.file for one in data.rejected} == set(notes)
    assert "lies in train/, but in no folder of a class there" in data.rejected[-1].reason


def test_splits_are_read_as_keras_reads_each_of_their_folders(tmp_path):
    keras = pytest.importorskip("keras")
    with zipfile.ZipFile(io.BytesIO(zipped(THREE))) as archive:
        archive.extractall(tmp_path / "out")

    data = read(tmp_path, THREE)

    for folder, split in (("train", data.train), ("val", data.validation), ("test", data.test)):
        its = keras.utils.image_dataset_from_directory(
            tmp_path / "out" / folder, color_mode="grayscale", image_size=SHAPE[:2], verbose=False
        )
        labels = np.concatenate([labels.numpy() for _, labels in its])
        assert its.class_names == list(data.class_names)
        assert np.bincount(labels).tolist() == np.bincount(split.labels).tolist()


REFUSED = {
    "beside classes": (
        TWO | {"bird/1.png": png(1)},
        "Beside train/ and test/ it has bird/, so that it cannot be told",
    ),
    "test as a class": (
        {f"{name}/{n}.png": png(n) for name in ("cat", "dog", "test") for n in range(4)},
        "Beside test/ it has cat/ and dog/",
    ),
    "a train of classes beside others": (
        part("train", 4) | {"bird/1.png": png(1)},
        "Beside train/ it has bird/",
    ),
    "no classes in test": (
        part("train", 4) | {"test/1.png": png(1)},
        "test/ holds images that lie in no folder of a class",
    ),
    "no classes at all": (
        {f"{name}/{n}.png": png(n) for name in ("train", "test") for n in range(4)},
        "train/ and test/ hold images that lie in no folder of a class",
    ),
    "no train": (part("val", 4) | part("test", 4), "It has val/ and test/, but no train/"),
    "two of a kind": (
        THREE | part("valid", 3),
        "It has train/, val/, test/ and valid/, two folders for the same",
    ),
    "two cases": (TWO | part("Test", 2), "two folders for the same"),
    "inside classes": (
        {f"{a}/{s}/{n}.png": png(n) for a, _ in ANIMALS for s in ("train", "test") for n in (1, 2)},
        "Its train/ and test/ lie inside cat/ and dog/; wanted is the other way round",
    ),
    "splits called otherwise": (
        {
            f"{top}/{animal}/{n}.png": png(n)
            for top in ("seg_train", "seg_test")
            for animal, _ in ANIMALS
            for n in (1, 2)
        },
        "Its seg_train/ and seg_test/ hold folders of the same names, as splits do",
    ),
    "splits called otherwise, and twice": (
        {
            f"{top}/{top}/{animal}/{n}.png": png(n)
            for top in ("training_set", "test_set")
            for animal, _ in ANIMALS
            for n in (1, 2)
        },
        "Its training_set/ and test_set/ hold folders of the same names, as splits do",
    ),
    "short for splits": (
        renamed(TWO, train="trn", test="tst"),
        "Its trn/ and tst/ hold folders of the same names, as splits do",
    ),
    "other words for splits": (
        renamed(TWO, train="Learning", test="Holdout"),
        "Its Learning/ and Holdout/ hold folders of the same names, as splits do",
    ),
    "words for splits among others": (
        renamed(TWO, train="learn_set", test="hold-out"),
        "Its learn_set/ and hold-out/ hold folders of the same names, as splits do",
    ),
    "a class of test alone": (
        TWO | {"test/bird/1.png": png(1)},
        r"Its test/ has \['bird'\], and train/ has no such class, but \['cat', 'dog'\]",
    ),
    "another case of a class": (
        part("train", 4) | {f"test/Cat/{n}.png": png(n) for n in range(3)},
        r"Its test/ has \['Cat'\]",
    ),
    "no readable test": (
        {"README": b"x"} | part("train", 4) | {"test/cat/1.png": b"x"},
        r"No image in test/ can be read. The first file, test/cat/1.png, is not a picture",
    ),
    "rare in val": (
        part("train", 4) | {"val/cat/1.png": png(1)},
        r"Class cat has 1 readable images in val/; each class needs 2: to validate and to test",
    ),
    "rare in train": (
        part("train", 4) | {"train/owl/1.png": png(1)} | part("test", 2),
        "Class owl has 1 readable images in train/; each class needs 2: to learn from and to valid",
    ),
}


@pytest.mark.parametrize(("members", "message"), REFUSED.values(), ids=REFUSED)
def test_a_mixture_is_refused_with_what_was_found_and_leaves_no_trace(tmp_path, members, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path, members)
    with pytest.raises(DataError, match=message) as error:
        library.read(zipped(members), "mine.zip", tmp_path / "kept")
    assert str(error.value).startswith("mine.zip cannot be used. ")
    assert list((tmp_path / "kept" / ASIDE).iterdir()) == []


@pytest.mark.parametrize(
    "members",
    [
        {f"{name}/{n}.png": png(n) for name in ("car", "bus", "train") for n in range(4)},
        part("train", 4),
        part("test", 4),
        part("pets/test", 4),
    ],
    ids=["a train is a vehicle", "train alone", "test alone", "test alone in a folder"],
)
def test_where_nothing_is_held_out_folders_are_classes_as_they_always_were(tmp_path, members):
    data = read(tmp_path, members)

    assert brought(tmp_path / "pets.zip").splits == ""
    assert sum(map(len, data.splits.values())) == len(members)
    assert data.how_split.startswith(f"Of {len(members)} pictures, ")


def test_a_class_that_test_lacks_is_said(tmp_path):
    data = read(tmp_path, TWO | {f"train/owl/{n}.png": png(n) for n in range(3)})

    assert data.how_split.endswith("8 of test/ to test. No image of owl is in test/.")


def test_test_images_that_are_also_trained_on_are_counted(tmp_path):
    data = read(tmp_path, part("train", 6) | part("test", 4))

    assert seen_test_images(data).all()


NAME = st.text("abcxyz", min_size=1, max_size=6)


@given(
    classes=st.lists(NAME, min_size=2, max_size=4, unique=True),
    counts=st.tuples(st.integers(2, 5), st.integers(0, 4), st.integers(1, 4)),
    names=st.tuples(
        st.sampled_from(["train", "Training"]),
        st.sampled_from(["val", "VALID", "validation"]),
        st.sampled_from(["test", "Testing"]),
    ),
    root=st.sampled_from(["", "pets/", "Train/"]),
    order=st.randoms(use_true_random=False),
)
def test_an_image_is_used_as_nothing_but_what_its_folder_says(
    tmp_path_factory, classes, counts, names, root, order
):
    # The grey of an image is its number, so that it is found again wherever it went.
    files = [
        (f"{root}{name}/{a}/{n}.png", which)
        for which, (name, count) in enumerate(zip(names, counts, strict=True))
        for a in classes
        for n in range(count)
    ]
    order.shuffle(files)
    came_from = dict(enumerate(which for _, which in files))

    members = {file: png(grey) for grey, (file, _) in enumerate(files)}
    data = read(tmp_path_factory.mktemp("own"), members)

    wanted = [{grey for grey, one in came_from.items() if one == which} for which in range(3)]
    assert greys(data.test) == wanted[2]
    if counts[1]:
        assert (greys(data.train), greys(data.validation)) == (wanted[0], wanted[1])
    else:
        assert greys(data.train) | greys(data.validation) == wanted[0]
        assert not greys(data.train) & greys(data.validation)


@given(
    st.lists(
        st.lists(st.sampled_from(["train", "val", "test", "cat", "dog"]), min_size=1, max_size=3),
        min_size=1,
        max_size=12,
    )
)
def test_any_folders_are_classes_or_splits_that_hold_all_images_or_are_refused(paths):
    files = ["/".join([*path, f"{n}.png"]) for n, path in enumerate(paths)]
    try:
        layout = layout_of(files)
    except DataError:
        return
    if layout is None:
        held_out = {"val", "test"}
        tops = {path[0] for path in paths}
        assert len(tops) == 1 or not any(held_out & set(path) for path in paths)
        return
    inside = [path[len(layout.root) :] for path in paths]
    held = [file for file, path in zip(files, inside, strict=True) if path]  # else beside them
    parts = {layout.place(file)[0] for file in held}
    assert "-".join(one for one in ("train", "validation", "test") if one in parts) == layout.kind


# Arrays --------------------------------------------------------------------------------------

X = np.arange(24 * 16).reshape(24, 4, 4).astype(np.uint8)
Y = np.arange(24) % 2


def arrays(*names: str) -> dict[str, np.ndarray]:
    """Images and labels of so many splits, 24, 6 and 4 of them."""
    values = [(X, Y), (X[:6] + 1, Y[:6]), (X[:4] + 2, Y[:4])]
    return {
        name: values[place // 2 if len(names) == 6 else 2 * (place // 2)][place % 2]
        for place, name in enumerate(names)
    }


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test"),
        ("X_train", "y_train", "X_valid", "y_valid", "X_test", "y_test"),
        ("x_training", "y_training", "x_validation", "y_validation", "x_testing", "y_testing"),
        tuple(
            f"{part}_{what}" for part in ("train", "val", "test") for what in ("images", "labels")
        ),
    ],
)
def test_arrays_with_the_names_of_splits_are_the_splits(tmp_path, names):
    path = tmp_path / "mine.npz"
    path.write_bytes(npz(**arrays(*names)))

    data = load(brought(path), (4, 4, 1))

    np.testing.assert_array_equal(data.train.pixels[..., 0], X)
    np.testing.assert_array_equal(data.validation.pixels[..., 0], X[:6] + 1)
    np.testing.assert_array_equal(data.test.pixels[..., 0], X[:4] + 2)
    assert data.how_split == (
        f"Its own splits are used: 24 images of {names[0]} to train, 6 of {names[2]} to validate, "
        f"4 of {names[4]} to test."
    )


def test_train_and_test_arrays_alone_are_the_data_set_they_always_were(tmp_path):
    path = tmp_path / "mine.npz"
    path.write_bytes(npz(**arrays("x_train", "y_train", "x_test", "y_test")))

    spec = brought(path)

    assert spec == DatasetSpec(DatasetName.OWN_IMAGES, file=str(path))
    assert [len(split) for split in load(spec, SHAPE).splits.values()] == [20, 4, 4]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("x_train", "y_train", "x_val"), "Of x_val and y_val it has only one"),
        (
            ("x_val", "y_val", "x_test", "y_test"),
            "wanted are images and labels, or x and y, or x_t",
        ),
        (("images", "labels", "x_test", "y_test"), "It has images and x_test, so that it cannot"),
        (("x_train", "y_train", "train_images", "train_labels"), "It has x_train and train_images"),
        (("x_train", "y_train", "x_val", "y_val", "x_valid", "y_valid"), "x_val and x_valid"),
    ],
)
def test_a_mixture_of_arrays_is_refused_with_what_was_found(tmp_path, names, message):
    path = tmp_path / "mine.npz"
    path.write_bytes(
        npz(**{name: X if name[0] in "xi" or "images" in name else Y for name in names})
    )

    with pytest.raises(DataError, match=message):
        brought(path)


# What was kept before splits were read -------------------------------------------------------


def kept_before(folder, name: str, content: bytes) -> library.OwnImages:
    """A set as the version before kept it: under its name and a digest of its content alone."""
    folder.mkdir(exist_ok=True)
    stem, _, ending = name.partition(".")
    path = folder / f"{stem}-0123456789abcdef.{ending}"
    path.write_bytes(content)
    return library.find(folder, path.stem)


@pytest.mark.parametrize(
    ("name", "content", "was", "sizes", "says"),
    [
        (
            "pets.zip",
            zipped(TWO),
            "bcf4c48fd0a215926dc09b7361ac2214c79679430b44a0115a2d23f112821703",
            [14, 3, 3],
            "Its train/ and test/ are pooled and split anew, as when it was brought in",
        ),
        (
            "mine.npz",
            npz(x_train=X, y_train=Y, x_val=X[:6], y_val=Y[:6], x_test=X[:4], y_test=Y[:4]),
            "d9301c546b0e19c7f0ffa52fd9cfb9fa7abb1d9d3208a060167d26bc870dc8ab",
            [20, 4, 4],
            "Its x_val is left out, as when it was brought in",
        ),
    ],
    ids=["zip", "npz"],
)
def test_a_set_that_was_kept_before_keeps_its_split_to_the_last_pixel_and_says_so(
    tmp_path, name, content, was, sizes, says
):
    # The fingerprints were computed by version 823d088, which pooled what it read.
    one = kept_before(tmp_path / "images", name, content)

    data = load(one.spec, SHAPE)

    assert fingerprint(data) == was
    assert [len(split) for split in data.splits.values()] == sizes
    assert data.how_split.startswith(says)
    assert "Add the file again to use its own splits." in data.how_split


def test_a_mixture_that_was_kept_before_still_opens_and_says_what_it_is(tmp_path):
    files = {f"{name}/{n}.png": png(n) for name in ("cat", "dog", "test") for n in range(4)}
    one = kept_before(tmp_path, "pets.zip", zipped(files))

    data = load(one.spec, SHAPE)

    assert data.class_names == ("cat", "dog", "test")
    assert "today it is refused. Beside test/ it has cat/ and dog/" in data.how_split


def test_a_training_of_before_is_found_by_the_same_recipe():
    # As above: computed by version 823d088.
    spec = DatasetSpec(DatasetName.OWN_IMAGES, file="/images/pets.zip")

    assert "splits" not in spec.to_dict()
    assert recipe(entry("shapes-demo").architecture, Configuration(spec, epochs=3)) == (
        "26bc06ded7a4e459393f4e429a738d611da645423362879fa299897247c53cfa"
    )


def test_a_file_that_is_added_again_is_another_set_with_its_own_splits(tmp_path):
    before = kept_before(tmp_path, "pets.zip", zipped(TWO))
    arrived, data = library.read(zipped(TWO), "pets.zip", tmp_path)

    now = library.keep(arrived, "pets", tmp_path)

    assert [len(split) for split in data.splits.values()] == [10, 2, 8]
    assert (now.name, before.name) == ("pets", "pets")
    assert now.id != before.id
    assert library.find(tmp_path, now.id) == now
    assert library.find(tmp_path, before.id) == before
    assert DatasetSpec.from_dict(now.spec.to_dict()) == now.spec
    assert [len(split) for split in load(now.spec, SHAPE).splits.values()] == [10, 2, 8]
    assert [len(split) for split in load(before.spec, SHAPE).splits.values()] == [14, 3, 3]


def test_a_file_whose_splits_are_gone_is_refused(tmp_path):
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped(TWO))
    spec = brought(path)
    path.write_bytes(zipped(part("train", 6)))

    with pytest.raises(DataError, match="brought in with the splits train, test, and has none now"):
        load(spec, SHAPE)


@pytest.mark.parametrize("splits", ["test", "train", "pooled", 3])
def test_splits_that_no_file_has_are_refused(splits):
    with pytest.raises(DataError, match="splits are train-test, train-validation"):
        DatasetSpec(DatasetName.OWN_IMAGES, file="x.zip", splits=splits)


@pytest.mark.parametrize(
    "names",
    [
        ("test_x", "test_y", "x_train", "y_train"),
        ("xval", "yval", "x_train", "y_train", "Xtest", "Ytest"),
        ("images_val", "labels_val", "train_images", "train_labels"),
    ],
)
def test_splits_under_several_usual_names_are_read_as_what_they_say(names: tuple[str, ...]):
    for part, (images, labels) in arrays_of(names).items():
        assert part[:3] in images.lower()
        assert part[:3] in labels.lower()
    assert len(arrays_of(names)) == len(names) / 2


@pytest.mark.parametrize("name", ["x_dev", "X_extra", "dev_images", "dev_x", "imagesdev", "x2"])
def test_images_of_no_split_are_not_left_out_without_a_word(name: str):
    names = ["x_train", "y_train", name, "y_dev"]

    with pytest.raises(DataError, match=f"Its {name} stand for no split"):
        arrays_of(names)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("split", [0, 1] * 5),
        ("Fold", ["train", "test"] * 5),
        ("test", np.zeros((6, 64), np.uint8)),
        ("test_idx", [1, 2]),
        ("is_train", [True, False] * 5),
        ("holdout", [1, 2]),
    ],
)
def test_what_is_called_as_a_split_is_not_left_out_without_a_word(tmp_path, name: str, array):
    path = tmp_path / "mine.npz"
    path.write_bytes(npz(images=X, labels=Y, **{name: np.array(array)}))

    with pytest.raises(DataError, match=f"Its {name} may say which images are of which split"):
        brought(path)


@pytest.mark.parametrize("name", ["mean_values", "latest", "device", "class_names", "notes"])
def test_what_only_sounds_like_a_split_is_left_alone(tmp_path, name: str):
    path = tmp_path / "mine.npz"
    path.write_bytes(npz(images=X, labels=Y, **{name: np.array(["a", "b"])}))

    assert brought(path).splits == ""


@pytest.mark.parametrize("tops", [("devices", "thresholds"), ("learners", "households")])
def test_folders_that_only_sound_like_splits_are_none(tmp_path, tops: tuple[str, str]):
    members = renamed(TWO, train=tops[0], test=tops[1])

    assert {"cat", "dog"} == set(read(tmp_path, members).class_names)


@pytest.mark.parametrize("name", ["val_data", "dev", "pixels_test"])
def test_what_is_shaped_like_images_is_not_left_out_whatever_it_is_called(tmp_path, name: str):
    path = tmp_path / "mine.npz"
    arrays: dict[str, np.ndarray] = {"x_train": X, "y_train": Y, name: X[:4], "notes": Y}
    path.write_bytes(npz(**arrays))

    with pytest.raises(DataError, match=f"Its {name} stand for no split"):
        brought(path)
