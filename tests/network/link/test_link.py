"""The link code: exact both ways, strict, and plain enough for any address."""

from __future__ import annotations

import doctest
import time
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnn.network import link
from cnn.network.architecture import MAX_DEPTH, MAX_LAYERS, Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.fields import Choice, Flag, FourSides, PaddingRule, Real, Whole, WholePair
from cnn.network.layers import (
    KINDS,
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Container,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    GroupNormalization,
    Layer,
    LayerNormalization,
    LayerScale,
    MaxPooling2D,
    Normalization,
    PositionEmbedding,
    PReLU,
    Rescaling,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
    SpatialDropout2D,
    StochasticDepth,
    UpSampling2D,
    ZeroPadding2D,
    defaults,
    rules,
)
from cnn.network.layers.containers import Parallel, Series
from cnn.network.layers.normalization import PerChannel
from cnn.network.link import MAX_LENGTH, decode, encode
from cnn.network.link.pieces import (
    END,
    FIELD_LETTERS,
    NEXT,
    WORD_LETTERS,
    main_field,
)
from cnn.network.zoo import zoo

CONV = Conv2D(8, 3)
BLOCK = Residual((CONV, BatchNormalization(0.9)), (Conv2D(8, 1),), "gelu")

# ---------------------------------------------------------------- any architecture at all


def values(rule: Any, held: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any value that a field's rule lets in."""
    match rule:
        case Flag():
            return st.booleans()
        case Choice(options=options, absent=absent):
            return st.sampled_from([*options, *([None] if absent else [])])
        case Whole(low=low, high=high):
            return st.integers(low, min(high, 9)) | st.integers(low, high)
        case PaddingRule(high=high):
            return st.sampled_from(["valid", "same", 0, 1]) | st.integers(0, high)
        case WholePair(low=low, high=high, optional=optional):
            one = st.integers(low, min(high, 5)) | st.integers(low, high)
            return one | st.tuples(one, one) | (st.none() if optional else st.nothing())
        case FourSides(high=high):
            pair = st.tuples(st.integers(0, high), st.integers(0, high))
            return st.integers(0, high) | pair | st.tuples(pair, pair)
        case Real(low=low, high=high, below_high=below_high, optional=optional):
            number = st.floats(low, high, exclude_max=below_high)
            return number | (st.none() if optional else st.nothing())
        case PerChannel(low=low, high=high):
            number = st.floats(low, high)
            return st.none() | number | st.lists(number, min_size=1, max_size=4)
        case Series():
            return held
        case Parallel():
            return st.lists(held, min_size=2, max_size=3)
    raise AssertionError(f"no values for {rule}")


def made(kind: type[Layer], fields: dict[str, Any]) -> Layer | None:
    try:
        return kind(**fields)
    except ArchitectureError:  # two fields that cannot stand together
        return None


def layers_of(kind: type[Layer], held: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    required = {n: values(r, held) for n, r in rules(kind).items() if n not in defaults(kind)}
    optional = {n: values(r, held) for n, r in rules(kind).items() if n in defaults(kind)}
    return (
        st.fixed_dictionaries(required, optional=optional)
        .map(lambda fields: made(kind, fields))
        .filter(lambda layer: layer is not None)
    )


PLAIN = st.one_of(
    [layers_of(k, st.nothing()) for k in KINDS.values() if not issubclass(k, Container)]
)
CONTAINERS = [kind for kind in KINDS.values() if issubclass(kind, Container)]
ANY_SERIES = st.recursive(
    st.lists(PLAIN, max_size=4),
    lambda held: st.lists(st.one_of(PLAIN, *(layers_of(k, held) for k in CONTAINERS)), max_size=4),
    max_leaves=12,
)
NAMES = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=120
    ).filter(str.strip)
    | st.sampled_from(
        ["unnamed", "end", "bcdf", "28x28x1", "3x3 only", "a_20_b", "Größe 1", "%20", "~.-_"]
    )
    | st.text("_ 0aé-.", min_size=1, max_size=12).filter(str.strip)
)
SIDES = st.integers(1, 16_384)
ARCHITECTURES = st.builds(
    Architecture, NAMES, st.tuples(SIDES, SIDES, st.integers(1, 65_536)), ANY_SERIES
)


# ---------------------------------------------------------------- exact both ways


@given(ARCHITECTURES)
def test_a_decoded_code_is_the_same_network(architecture):
    code = encode(architecture)
    assert decode(code) == architecture
    assert encode(decode(code)) == code


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_survives_with_all_its_fields(kind):
    @settings(max_examples=60)
    @given(layers_of(kind, st.lists(PLAIN, max_size=2)))
    def check(layer):
        architecture = Architecture("one layer", (9, 8, 7), (layer,))
        assert decode(encode(architecture)) == architecture

    check()


@pytest.mark.parametrize("id", zoo())
def test_every_network_of_the_zoo_survives(id):
    architecture = zoo()[id].architecture
    assert decode(encode(architecture)) == architecture


@pytest.mark.parametrize(
    "layer",
    [
        Conv2D(1, 3, padding=0),  # not the same value as "valid"
        Activation("linear"),
        Activation("relu", negative_slope=5e-324, max_value=0.0, threshold=2.2250738585072014e-308),
        Activation("relu", max_value=-0.0),
        BatchNormalization(momentum=1 - 2**-53, epsilon=1e-12),
        Dropout(0.1 + 0.2),
        Rescaling(-1 / 127.5, -1e6),
        MaxPooling2D(3, strides=2, padding=1),
        AveragePooling2D((2, 3), strides=(2, 2)),
        ZeroPadding2D(((0, 1), (1, 0))),
        ZeroPadding2D(((1, 1), (2, 2))),
        Normalization((-0.0, 1e-7, -1e6, 1 / 3), (1e-12, 1e12, 0.0, 2.5)),
        Normalization(-0.25, 0.5),
        Residual(()),
        Residual((), scale=-0.0),
        Residual((), (Flatten(),)),
        Branches(((), (), ()), "add"),
        Branches(((), (Flatten(),)), "multiply"),
    ],
    ids=repr,
)
def test_a_value_that_is_easily_mistaken_survives(layer):
    architecture = Architecture("edge", (1, 16_384, 65_536), (layer,))
    assert decode(encode(architecture)).layers == (layer,)


def test_equal_networks_have_the_same_code():
    short = (Conv2D(8, 3), MaxPooling2D(3), Rescaling(0.0), ZeroPadding2D())
    long = (
        Conv2D(8, (3, 3), strides=1, padding="valid", activation="linear", use_bias=True),
        MaxPooling2D((3, 3), strides=3),
        Rescaling(-0.0, -0.0),
        ZeroPadding2D(((1, 1), (1, 1))),
    )
    assert Architecture("a", (9, 9, 1), short) == Architecture("a", (9, 9, 1), long)
    one, other = (encode(Architecture("a", (9, 9, 1), layers)) for layers in (short, long))
    assert one == other


# ---------------------------------------------------------------- readable


def test_the_examples_in_the_documentation_hold():
    assert doctest.testmod(link, extraglobs=KINDS) == doctest.TestResults(failed=0, attempted=6)


@pytest.mark.parametrize(
    ("id", "pieces"),
    [
        ("lenet-5", "c6k5pr-m-c16k5r-m-f-d120r-d84r-d10x"),
        ("tiny-vgg", "c10r-c10r-m-c10r-c10r-m-f-d10x"),
        ("keras-mnist", "c32r-m-c64r-m-f-x-d10x"),
    ],
)
def test_a_known_network_reads_like_this(id, pieces):
    *_, text, _mark = encode(zoo()[id].architecture).split(".")
    assert text == pieces


@pytest.mark.parametrize(
    ("piece", "layer"),
    [
        ("c32pr", Conv2D(32, 3, padding="same", activation="relu")),
        ("c32k3x5s2x1p0nb", Conv2D(32, (3, 5), strides=(2, 1), padding=0, use_bias=False)),
        ("c6d2g3t", Conv2D(6, 3, dilation_rate=2, groups=3, activation="tanh")),
        ("w", DepthwiseConv2D(3)),
        ("w5dm2_silu", DepthwiseConv2D(5, depth_multiplier=2, activation="silu")),
        ("s8k5dm2", SeparableConv2D(8, 5, depth_multiplier=2)),
        ("tc8r", Conv2DTranspose(8, 3, activation="relu")),
        ("tc8k2x5s2p", Conv2DTranspose(8, (2, 5), strides=2, padding="same")),
        ("up", UpSampling2D()),
        ("up4x2_bilinear", UpSampling2D((4, 2), "bilinear")),
        ("cu", Cropping2D()),
        ("cu1", Cropping2D(((1, 1), (1, 1)))),
        ("cu0x1x2x3", Cropping2D(((0, 1), (2, 3)))),
        ("m", MaxPooling2D()),
        ("m3s2p1", MaxPooling2D(3, strides=2, padding=1)),
        ("av4x2p", AveragePooling2D((4, 2), padding="same")),
        ("ga", GlobalAveragePooling2D()),
        ("gmkd", GlobalMaxPooling2D(keepdims=True)),
        ("z", ZeroPadding2D()),
        ("z0", ZeroPadding2D(((0, 0), (0, 0)))),
        ("z1x2", ZeroPadding2D(((1, 1), (2, 2)))),
        ("z1x2x3x4", ZeroPadding2D(((1, 2), (3, 4)))),
        ("b", BatchNormalization()),
        ("b0.9e1E_5ncns", BatchNormalization(0.9, 1e-5, center=False, scale=False)),
        ("ln0.5ns", LayerNormalization(0.5, scale=False)),
        ("gn", GroupNormalization()),
        ("gn8e1E_5nc", GroupNormalization(8, 1e-5, center=False)),
        ("nm", Normalization()),
        ("nm_0.5v0.25", Normalization(-0.5, 0.25)),
        ("nm0.5x_1v0.25x1E_5", Normalization((0.5, -1.0), (0.25, 1e-5))),
        ("ls", LayerScale()),
        ("ls0.1", LayerScale(0.1)),
        ("lr", PReLU()),
        ("lrns", PReLU(shared=False)),
        ("ar", Activation("relu")),
        ("a_leaky_relu", Activation("leaky_relu")),
        ("ale0.1mx6th0.5r", Activation("relu", 0.1, 6.0, 0.5)),
        ("x", Dropout()),
        ("x0.25", Dropout(0.25)),
        ("xs0.1", SpatialDropout2D(0.1)),
        ("xd", StochasticDepth()),
        ("xd0.2", StochasticDepth(0.2)),
        ("rs2o_1.5", Rescaling(2.0, -1.5)),
        ("rs_1", Rescaling(-1.0)),
        ("sa4k16", SelfAttention2D(4, 16)),
        ("sa1k8nb", SelfAttention2D(1, 8, use_bias=False)),
        ("em", PositionEmbedding()),
        ("f", Flatten()),
        ("d10x", Dense(10, "softmax")),
        ("d10nb_hard_sigmoid", Dense(10, "hard_sigmoid", use_bias=False)),
        ("R-E", Residual(())),
        ("Rs0.17r-f-E", Residual((Flatten(),), activation="relu", scale=0.17)),
        ("Rr-f-E", Residual((Flatten(),), activation="relu")),
        ("R-f-N-x-f-E", Residual((Flatten(),), (Dropout(), Flatten()))),
        ("B-N-E", Branches(((), ()))),
        ("B_add-f-N-N-f-E", Branches(((Flatten(),), (), (Flatten(),)), "add")),
        ("B_multiply-N-f-E", Branches(((), (Flatten(),)), "multiply")),
        ("B_maximum-f-N-f-E", Branches(((Flatten(),), (Flatten(),)), "maximum")),
        ("B_average-f-N-f-E", Branches(((Flatten(),), (Flatten(),)), "average")),
        ("B_subtract-f-N-f-E", Branches(((Flatten(),), (Flatten(),)), "subtract")),
        ("B-R-f-E-N-E", Branches(((Residual((Flatten(),)),), ()))),
    ],
)
def test_a_layer_is_written_like_this(piece, layer):
    architecture = Architecture("unnamed", (8, 8, 1), (layer,))
    assert encode(architecture).rpartition(".")[0] == f"1.8x8x1.{piece}"
    assert decode(f"1.8x8x1.{piece}.end") == architecture


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LeNet-5", "LeNet-5"),
        ("Tiny VGG", "Tiny__VGG"),
        ("3x3 only", "_33x3__only"),
        ("Größe", "Gr_c3_b6_c3_9fe"),
        ("a_b.c~d%", "a_5fb_2ec_7ed_25"),
        ("end", "end"),
    ],
)
def test_a_name_is_written_like_this(name, text):
    architecture = Architecture(name, (8, 8, 1), ())
    assert encode(architecture).rpartition(".")[0] == f"1.{text}.8x8x1"
    assert decode(f"1.{text}.8x8x1.end") == architecture


@pytest.mark.parametrize(
    ("typed", "layer"),
    [
        ("c32k3s1nb", Conv2D(32, 3, use_bias=False)),  # defaults written out
        ("c32nbrpk5", Conv2D(32, 5, padding="same", activation="relu", use_bias=False)),
        ("m2", MaxPooling2D()),
        ("d10_relu", Dense(10, "relu")),
        ("d10_linear", Dense(10)),
        ("b0.90e0.00001", BatchNormalization(0.9, 1e-5)),
        ("rs0.5o1", Rescaling(0.5, 1.0)),
        ("arle0.1", Activation("relu", 0.1)),
    ],
)
def test_what_is_typed_may_be_longer_or_in_another_order(typed, layer):
    assert decode(f"1.8x8x1.{typed}.end").layers == (layer,)


# ---------------------------------------------------------------- plain in an address


@given(ARCHITECTURES)
def test_a_code_stands_unchanged_in_an_address(architecture):
    code = encode(architecture)
    assert quote(code, safe="") == code
    assert urlencode({"net": code}) == f"net={code}"
    assert "~" not in code  # plain for Python, but JavaScript's URLSearchParams writes %7E
    assert code[-1].isalpha()  # chat programs leave a dot at the end out of the link


# ---------------------------------------------------------------- the table


def test_every_kind_has_its_letters():
    letters = [kind.letters for kind in KINDS.values()]
    assert len({*letters, NEXT, END}) == len(KINDS) + 2


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_has_its_letters_or_needs_none(kind):
    main = main_field(kind)
    assert main == "" or main == next(iter(rules(kind)))
    for name, rule in rules(kind).items():
        needs_none = name == main or isinstance(rule, (Choice, Series, Parallel))
        assert needs_none or name in FIELD_LETTERS[kind], name
    assert sum(isinstance(rule, Choice) for rule in rules(kind).values()) <= 1


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_letters_side_by_side_have_one_reading(kind):
    letters, known = kind.letters, rules(kind)
    marks = list(FIELD_LETTERS[kind].values())
    words = ["_", *WORD_LETTERS.values()] if Choice in map(type, known.values()) else []
    assert len({*marks, *words}) == len(marks) + len(words)
    assert max(map(len, [letters, *marks])) <= 2
    kinds = [one.letters for one in KINDS.values()]
    for after in [*marks, *words]:
        assert letters + after[0] not in kinds
        assert all(before + after[0] not in marks for before in [*marks, *words])


# ---------------------------------------------------------------- strict

GOOD = encode(Architecture("Skip & add", (32, 32, 3), (CONV, BLOCK, Flatten(), Dense(10))))


def refused(code: str) -> str:
    """The message with which a code is refused."""
    with pytest.raises(ArchitectureError) as caught:
        decode(code)
    return str(caught.value)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "must start with \"1.\", got ''. Copy all of it again."),
        ("hello", "must start with"),
        ("%31.8x8x1.f.end", "must start with"),
        ("2.8x8x1.f.end", "version 2, but only version 1 is known here"),
        ("1", "cut off after '1'"),
        ("1.8x8x1.f", "cut off after '1.8x8x1.f'. Ask for it again"),
        ("1.8x8x1.f-x0.25", "cut off"),
        ("1.8x8x1.f.", "cut off"),
        ("1.8x8x1.f.en", "cut off"),
        ("1.8x8x1.f.END", "cut off"),
        ("1.8x8x1.f.bbbb", "was changed on its way: its end, 'bbbb', does not fit"),
        (GOOD + ".", "cut off"),
        (GOOD + ")", "does not fit the rest"),
        (GOOD + "\n", "does not fit the rest"),
        (" " + GOOD, "must start with"),
        ("1.é.8x8x1.f.bbbb", "does not fit the rest"),
        ("1.é.8x8x1.f.end", "the name 'é' cannot be read"),
        ("1.\ud800.8x8x1.f.end", "cannot be read"),
        ("1..8x8x1.f.end", "must read like 28x28x1 (height, width, channels), got ''"),
        ("1.a b.8x8x1.f.end", "with __ for a space"),
        ("1._61.8x8x1.f.end", "cannot be read"),  # an a, which needs no escape
        ("1.a_2.8x8x1.f.end", "cannot be read"),
        ("1.a_ff.8x8x1.f.end", "cannot be read"),  # not UTF-8
        ("1.a_0a.8x8x1.f.end", "name must be a single line"),
        (f"1.{'a' * 121}.8x8x1.f.end", "name must be a text of 1 to 120 characters"),
        ("1.end", "cut off after '1.end'"),
        ("1.bcdf", "cut off after '1.bcdf'"),
        ("1.name.end", "must read like 28x28x1"),
        ("1.8x8xf.end", "must read like 28x28x1 (height, width, channels), got '8x8xf'"),
        ("1.8x8.f.end", "input must be [height, width, channels]"),
        ("1.8x8x1x1.f.end", "input must be [height, width, channels]"),
        ("1.0x8x1.f.end", "input must be [height, width, channels]"),
        (f"1.{'9' * 50}x8x1.f.end", "is too long"),
        ("1.8x8x1..end", "piece 1 of the link, '': no layer begins so"),
        ("1.8x8x1.f--f.end", "piece 2 of the link, '': no layer begins so"),
        ("1.8x8x1.f-q7.end", "piece 2 of the link, 'q7': no layer begins so. Known are c, w,"),
        ("1.8x8x1.F.end", "no layer begins so"),
        (
            "1.8x8x1.c8q.end",
            "'q' means nothing in a Conv2D. Known are k, s, p, d, g, nb, r, x, t, _word",
        ),
        ("1.8x8x1.c8 p.end", "' p' means nothing in a Conv2D"),
        ("1.8x8x1.c8kk.end", "a number must follow k: kernel_size is a whole number from 1"),
        ("1.8x8x1.ms.end", "a number must follow s: strides is a whole number"),
        ("1.8x8x1.f3.end", "'3' means nothing in a Flatten. Leave it out."),
        ("1.8x8x1.f_relu.end", "'_relu' means nothing in a Flatten"),
        ("1.8x8x1.c8k3k5.end", "piece 1 of the link, 'c8k3k5': kernel_size is given twice"),
        ("1.8x8x1.d8rx.end", "activation is given twice"),
        ("1.8x8x1.c.end", "Conv2D #1: filters is missing"),
        ("1.8x8x1.a.end", "Activation #1: activation is missing"),
        ("1.8x8x1.c0.end", "Conv2D #1: filters must be a whole number from 1 to 65,536, got 0"),
        ("1.8x8x1.c8-c3x3.end", "Conv2D #2: filters must be a whole number"),
        ("1.8x8x1.c8k3x3x3.end", "kernel_size must be a whole number"),
        ("1.8x8x1.c8k1.5.end", "kernel_size must be a whole number from 1 to 1,024"),
        ("1.8x8x1.c99999999999.end", "filters must be a whole number from 1 to 65,536"),
        (f"1.8x8x1.c{'9' * 50}.end", "the number '999"),
        ("1.8x8x1.c8nb3.end", "use_bias must be true or false, got 3"),
        ("1.8x8x1.d8_gellu.end", "activation must be one of"),
        ("1.8x8x1.d8_.end", "activation must be one of"),
        ("1.8x8x1.x1.end", "Dropout #1: rate must be a number"),
        ("1.8x8x1.x_0.1.end", "rate must be a number"),
        ("1.8x8x1.rs1E999.end", "scale must be a number"),
        ("1.8x8x1.c8s2d2.end", "cannot both be above 1"),
        ("1.8x8x1.N.end", "piece 1 of the link, 'N': no R or B is open here"),
        ("1.8x8x1.R-f-E-E.end", "piece 4 of the link, 'E': no R or B is open here"),
        ("1.8x8x1.R-f-B-f.end", "2 of the containers R and B in the link have no end"),
        ("1.8x8x1.R-f-N-f-N-f-E.end", "has body and shortcut, but here it holds 3 series"),
        ("1.8x8x1.B-f-E.end", "Branches #1: branches must be a list of"),
        ("1.8x8x1.R-N-c0-E.end", "Conv2D #1: filters must be"),
    ],
)
def test_a_code_that_is_not_right_is_refused_with_the_reason(code, message):
    assert message in refused(code)


def test_a_network_has_to_work_only_when_it_is_traced():
    assert decode("1.1x1x1.c1k99-d3-m9.end").layers == (
        Conv2D(1, 99),
        Dense(3),
        MaxPooling2D(9),
    )


@given(ARCHITECTURES)
@example(Architecture("a", (1, 1, 1), (GlobalMaxPooling2D(keepdims=True),)))  # gmkd, like a mark
@settings(max_examples=30)
def test_a_code_that_was_cut_off_anywhere_is_refused(architecture):
    code = encode(architecture)
    for length in range(1, len(code)):
        assert any(word in refused(code[:length]) for word in ("cut off", "changed on its way"))


@pytest.mark.parametrize("id", zoo())
def test_a_link_to_the_zoo_that_was_cut_off_anywhere_is_refused(id):
    code = encode(zoo()[id].architecture)
    assert all("cut off" in refused(code[:length]) for length in range(1, len(code)))


def test_one_wrong_character_anywhere_is_always_noticed():
    for place in range(len(GOOD)):
        for char in "0123456789abcdefghijklmnopqrstuvwxyzABENRZ-._~%é ":
            if char != GOOD[place]:
                refused(GOOD[:place] + char + GOOD[place + 1 :])


def test_two_swapped_neighbours_are_always_noticed():
    for place in range(len(GOOD) - 1):
        one, two = GOOD[place], GOOD[place + 1]
        if one != two:
            refused(GOOD[:place] + two + one + GOOD[place + 2 :])


def decodes_or_is_refused(code: str) -> None:
    try:
        architecture = decode(code)
    except ArchitectureError:
        return
    assert decode(encode(architecture)) == architecture


ALPHABET = "0123456789xabcdefghijklmnoprstvwzABENRTV-._~%éπ \n"


@given(st.text() | st.text(ALPHABET).map("1.{}".format))
def test_any_text_is_a_network_or_refused(text):
    decodes_or_is_refused(text)
    decodes_or_is_refused(f"1.8x8x1.{text}.end")


PIECES = [kind.letters for kind in KINDS.values()]
MARKS = sorted({mark for marks in FIELD_LETTERS.values() for mark in marks.values()})
TOKENS = [*PIECES, *MARKS, *WORD_LETTERS.values(), "_gelu", "_add", NEXT, END]
NUMBERS = ["", "0", "3", "3x5", "1x2x3x4", "0.5", "_1", "1E_5", "9" * 30, "1E999", ".", "x"]
TYPED_PIECES = st.lists(st.tuples(st.sampled_from(TOKENS), st.sampled_from(NUMBERS)), max_size=3)


@given(st.lists(TYPED_PIECES, max_size=8))
@settings(max_examples=400)
def test_any_sequence_of_letters_is_a_network_or_refused(typed):
    text = "-".join("".join(token + number for token, number in piece) for piece in typed)
    decodes_or_is_refused(f"1.8x8x1.{text}.end")


@given(ARCHITECTURES, st.data())
def test_a_changed_code_is_a_network_or_refused(architecture, data):
    code = encode(architecture)
    start = data.draw(st.integers(0, len(code)))
    stop = data.draw(st.integers(start, min(start + 6, len(code))))
    changed = code[:start] + data.draw(st.text(ALPHABET, max_size=4)) + code[stop:]
    decodes_or_is_refused(changed)
    decodes_or_is_refused(changed.rpartition(".")[0] + ".end")


# ---------------------------------------------------------------- bounded


HUGE = {
    "a name": "1." + "a" * 1_000_000,
    "a version": "9" * 1_000_000,
    "layers": "1.8x8x1." + "f-" * 190_000 + "f.end",
    "empty pieces": "1.8x8x1." + "-" * 390_000 + ".end",
    "levels": "1.8x8x1." + "R-" * 190_000 + "f.end",
    "branches": "1.8x8x1.B-" + "N-" * 190_000 + "E.end",
    "branches and an error": "1.8x8x1.B-" + "N-" * 190_000 + "f_-E.end",
    "branches deep down": "1.8x8x1." + "R-B-" * 25 + "N-" * 190_000 + "E.end",
    "digits": "1.8x8x1.c" + "9" * 390_000 + ".end",
    "decimals": "1.8x8x1.x0." + "9" * 390_000 + ".end",
    "numbers": "1.8x8x1.c" + "1x" * 190_000 + ".end",
    "fields": "1.8x8x1.c8" + "nb" * 190_000 + ".end",
    "a word": "1.8x8x1.d8_" + "r" * 390_000 + ".end",
    "spaces": "1." + "_" * 390_000 + ".8x8x1.f.end",
    "bytes": "1." + "_c3" * 130_000 + ".8x8x1.f.end",
    "sizes": "1.8" + "x8" * 190_000 + ".f.end",
    "dots": "1." + "." * 390_000 + "end",
}


@pytest.mark.parametrize("what", HUGE)
def test_a_huge_code_is_answered_soon(what):
    start = time.thread_time()  # of the processor, which others may have meanwhile
    decodes_or_is_refused(HUGE[what])
    assert time.thread_time() - start < 5


def test_a_code_can_hold_the_largest_network():
    longest = Activation("relu", 2.2250738585072014e-308, 1.2345678901234567e-300, 1.1e-301 / 3)
    deep: tuple[Layer, ...] = (longest,)
    for _ in range(MAX_DEPTH):
        deep = (Residual(deep, activation="hard_sigmoid"),)
    layers = (longest,) * (MAX_LAYERS - MAX_DEPTH - 1) + deep
    architecture = Architecture("\N{GRINNING FACE}" * 120, (16_384, 16_384, 65_536), layers)
    code = encode(architecture)
    assert 0.9 * MAX_LENGTH < len(code) <= MAX_LENGTH
    assert decode(code) == architecture


def test_a_code_that_is_too_long_is_refused_unread():
    assert "too long: 1,000,001 characters, at most 400,000" in refused("1" * 1_000_001)


def test_one_layer_too_many_is_refused():
    assert "more than 5,000 layers" in refused("1.8x8x1." + "f-" * MAX_LAYERS + "f.end")


def test_one_level_too_deep_is_refused():
    for levels in (MAX_DEPTH, MAX_DEPTH + 1):
        code = "1.8x8x1." + "R-" * levels + "f" + "-E" * levels + ".end"
        if levels == MAX_DEPTH:
            assert decode(encode(decode(code))) == decode(code)
        else:
            assert "piece 52 of the link, 'f': nested deeper than 50 levels" in refused(code)


def test_a_network_that_no_address_can_hold_is_refused():
    endless = Architecture("endless", (8, 8, 1), (Branches(((),) * 256),) * 1_000)
    with pytest.raises(ArchitectureError, match=r"too large for a link: .* Share it as a JSON"):
        encode(endless)
