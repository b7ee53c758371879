"""The page *Atlas* as its script sees a visitor."""

from streamlit.testing.v1 import AppTest

from cnn.network.architecture import Architecture
from cnn.network.atlas import atlas, design
from cnn.network.blocks import BLOCKS
from tests.ui.visiting import pressed, shown, visited, words
from ui.session import design as bench


def typed(app: AppTest, text: str) -> AppTest:
    app.text_input[0].set_value(text)
    return shown(app)


def test_it_opens_with_a_network_its_numbers_and_where_accuracies_come_from():
    app = visited("atlas")

    known = atlas()["resnet-50"]
    assert app.header[0].value == "ResNet50 · 2015"
    metrics = {one.label: one.value for one in app.metric}
    assert metrics["Parameters"] == f"{known.params:,}"
    assert metrics["MACs for one image"] == f"{known.macs:,}"
    said = words(app)
    assert "https://keras.io/api/applications/" in said
    assert "nothing of them is checked here" in said
    assert "The step from ResNet-18" in said
    assert "Each sum goes around a bottleneck" in said
    assert (
        "In the palette of Build: **Residual bottleneck**. It stands here 12 times, and 4 times "
        "with a projection as its shortcut."
    ) in said


def test_a_link_names_a_network_and_nonsense_names_the_first():
    assert visited("atlas", id="vgg-19").header[0].value == "VGG19 · 2014"
    assert visited("atlas", id="<b>").header[0].value == "ResNet50 · 2015"


def test_a_link_of_an_earlier_version_opens_and_leaves_no_word_that_build_has():
    app = visited("atlas", net="vgg-19")
    assert app.header[0].value == "VGG19 · 2014"
    assert app.query_params == {"id": "vgg-19"}


def test_what_is_asked_for_is_said_with_how_many_there_are():
    app = typed(visited("atlas"), "under 5 M parameters and 70 %")
    assert "at most 5 M parameters, at least 70% top-1: 2 networks." in words(app)

    app = typed(app, "nothing like it")
    assert "Nothing fits: use fewer words, or wider limits." in words(app)


def test_a_network_opens_in_build_as_it_is():
    app = pressed(visited("atlas", id="mobilenet-v2"), "Open in Build")
    assert app.session_state[bench.KEY].name == "MobileNetV2"
    layers = tuple(design("mobilenet-v2").to_dict()["layers"])
    assert app.session_state[bench.KEY].layers == layers


def test_the_block_that_made_the_step_opens_in_build():
    app = pressed(visited("atlas", id="efficientnet-b0"), "Open MBConv in Build")
    found = app.session_state[bench.KEY]
    assert found.name == "MBConv"
    made = Architecture("MBConv", found.input, BLOCKS["mbconv"].layers(32))
    assert list(found.layers) == made.to_dict()["layers"]


def test_the_step_is_seen_layer_by_layer_in_build():
    app = pressed(visited("atlas", id="resnet-50"), "See it layer by layer")
    assert app.session_state[bench.KEY].name == "ResNet50"
    assert app.session_state[bench.PINNED] == design("resnet-18")
    assert app.session_state[bench.TAB] == "Difference"


def test_a_step_without_a_new_block_is_said_in_numbers():
    said = words(visited("atlas", id="resnet-101"))
    assert "The same block: 29 of it in place of 12" in said
    assert "palette" not in said


def test_an_accuracy_says_where_it_is_from_and_what_it_cannot_say_alone():
    app = visited("atlas", id="convnext-base")
    metrics = {one.label: one.value for one in app.metric}
    assert metrics["Top-1 on ImageNet"] == "85.3 %"
    said = words(app)
    assert "It learned from ImageNet-21k first" in said
    assert "ConvNeXt from [the same page as it was on 2026-01-21]" in said
    assert "MobileNet V3 from [MobileNetV3Large in TensorFlow's documentation]" in said


def test_a_network_that_is_no_design_says_why():
    closed = [known for known in atlas().values() if not known.is_design]
    for known in closed:
        app = visited("atlas", id=known.id)
        assert "Its branches cross each other" in words(app)
        assert not [one for one in app.button if one.label == "Open in Build"]
