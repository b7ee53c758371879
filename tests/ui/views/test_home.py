"""Home without a browser: what it says of the network it shows, and where its doors lead."""

from streamlit.testing.v1 import AppTest

from cnn.lessons.catalogue import lessons
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.pictures.page.stages import stages
from cnn.shipped import shipped
from tests.ui.visiting import visited, words
from ui.parts.setup.own_images import ASKED


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_it_says_what_its_network_was_measured_to_do():
    card = shipped().card
    right = sum(card.confusion[digit][digit] for digit in range(10))

    said = words(visited("home"))

    assert f"10,000 test images it reads {right:,} right ({right / 100:.2f} %)" in said
    assert f"trained on {card.images['train']:,} digits" in said


def test_each_convolution_is_a_stage_as_far_as_what_stands_thin_upon_it():
    layers = (
        Conv2D(4, 3, use_bias=False),
        BatchNormalization(),
        Activation("relu"),
        Conv2D(6, 3, activation="relu"),
        MaxPooling2D(),
        Activation("tanh"),
        Flatten(),
        Dense(3),
    )
    found = stages(trace(Architecture("one", (12, 10, 1), layers)))

    assert [(one.layer, one.title, one.about) for one in found] == [
        ("activation_1", "Convolution 1", "4 maps, 10×8"),
        ("conv2d_2", "Convolution 2", "6 maps, 8×6"),
    ]


def test_the_stages_of_the_network_that_ships_and_of_others_are_layers_with_maps():
    for architecture in (shipped().architecture, entry("simple-cnn").architecture):
        traced = trace(architecture)
        shapes = {row.name: row.output_shape for row in traced.rows}
        found = stages(traced)
        assert len(found) == sum(row.kind == "Conv2D" for row in traced.rows)
        for stage in found:
            height, width, maps = shapes[stage.layer]
            assert stage.about == f"{maps} maps, {height}×{width}"


def test_three_doors_lead_to_a_lesson_to_build_and_to_own_images():
    app = visited("home")
    first = lessons()[0]
    counted = [lesson for lesson in lessons() if not lesson.is_extra]
    assert f"{len(counted)} lessons" in words(app)
    assert f"{first.minutes} minutes: *{first.title}*" in words(app)

    opened = ["Begin with lesson 0", "Build a network", "Bring photos"]

    assert [label for label in labels(app) if label in opened] == opened


def test_photos_are_asked_for_once_on_the_page_that_trains():
    app = visited("home")
    app.session_state[ASKED] = True
    app.switch_page("pages/train.py").run()

    assert not app.exception
    assert ASKED not in app.session_state
    assert "A zip with one folder of images per class" in words(app)
