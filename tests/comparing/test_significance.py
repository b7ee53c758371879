"""The rule for one pair: each of its four tests against another way to work it out."""

from itertools import product
from statistics import mean, variance

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from cnn.comparing import significance
from cnn.comparing.sign_flip import p_of
from cnn.comparing.significance import Answered, answered, least_p, on_images, over_seeds
from cnn.comparing.verdict_words import confidence

seeds_drawn = st.integers(3, 6)
answers = st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=60)


def drawn(seeds: int, images: int, chance: float, key: int) -> np.ndarray:
    """Seeds by images, right or wrong: images differ, and seeds a little."""
    draw = np.random.default_rng(key)
    easy = draw.normal(0, 1, images) + draw.normal(0, 0.3, (seeds, 1))
    return np.asarray(draw.random((seeds, images)) < stats.norm.cdf(stats.norm.ppf(chance) + easy))


pairs = st.builds(
    lambda ours, theirs, images, key: (
        drawn(ours, images, 0.8, key),
        drawn(theirs, images, 0.7, key + 1),
    ),
    *(seeds_drawn, seeds_drawn, st.integers(2, 80), st.integers(0, 10_000)),
)


def expected(right: np.ndarray) -> tuple[float, float]:
    """Of (d): the accuracy to expect, by integration over seeds, and its variance, by differences
    instead of derivatives.
    """
    seeds, images = right.shape
    probits = [stats.norm.ppf((row.sum() + 0.5) / (images + 1)) for row in right]
    centre, spread = mean(probits), variance(probits)
    feared = spread * (seeds - 1) / stats.chi2.ppf(0.005, seeds - 1)

    def of(centre: float, deviation: float) -> float:
        z = np.linspace(-9, 9, 20_001)
        return float(np.trapezoid(stats.norm.cdf(centre + deviation * z) * stats.norm.pdf(z), z))

    step, deviation = 1e-4, spread**0.5
    by_centre = (of(centre + step, deviation) - of(centre - step, deviation)) / (2 * step)
    by_spread = (of(centre, deviation + step) - of(centre, deviation - step)) / (2 * step)
    found = by_centre**2 * spread / seeds + by_spread**2 * spread / (2 * (seeds - 1))
    unrest = np.mean([variance(map(float, right[:, x])) for x in range(images)])
    return of(centre, feared**0.5), max(found, float(unrest) / (images * seeds))


def by_hand(first: np.ndarray, second: np.ndarray) -> tuple[float, float, float, float]:
    """The p values of (a), (b), (c) and (d), in plain loops over seeds and images."""
    networks, images = (first, second), first.shape[1]
    difference = first.mean() - second.mean()
    own = [float(first[:, x].mean() - second[:, x].mean()) for x in range(images)]
    variances = []
    for right in networks:
        seeds = len(right)
        of_seeds = variance([float(row.mean()) for row in right]) / seeds
        unrest = np.mean([variance(map(float, right[:, x])) for x in range(images)])
        variances.append(max(of_seeds, unrest / (images * seeds)))
    fewest = min(map(len, networks)) - 1
    over_images = variance(own) / images
    both = sum(variances) + over_images
    shares = sum(v**2 / (len(right) - 1) for v, right in zip(variances, networks, strict=True))
    shares += over_images**2 / (images - 1)

    def two_sided(variance: float, freedom: float, difference: float = difference) -> float:
        if difference == 0:
            return 1.0
        if variance == 0:
            return 0.0
        return float(2 * stats.t.sf(abs(difference) / variance**0.5, freedom))

    whole = np.rint(np.array(own) * len(first) * len(second)).astype(int)
    by_images = two_sided(both, both**2 / shares) if shares else two_sided(both, 1)
    ours, theirs = map(expected, networks)
    apart = ours[0] - theirs[0]
    by_tail = two_sided(ours[1] + theirs[1], fewest, apart) if apart * difference > 0 else 1.0
    return two_sided(sum(variances), fewest), by_images, p_of(whole), by_tail


@given(pairs)
def test_p_is_the_largest_of_the_four_tests(pair):
    first, second = pair
    found = over_seeds(answered(first), answered(second))
    by_seeds, by_both, by_images, by_tail = by_hand(first, second)

    assert found.p == pytest.approx(max(by_seeds, by_both, by_images, by_tail), abs=1e-6)
    assert float(least_p(answered(first), answered(second))) == pytest.approx(
        max(by_seeds, by_both, by_tail), abs=1e-6
    )


@given(pairs, st.sampled_from([0.05, 0.025, 0.05 / 6, 0.3]))
def test_the_interval_leaves_out_0_just_where_the_difference_is_real(pair, level):
    found = over_seeds(answered(pair[0]), answered(pair[1]), level)

    assert found.is_real == (found.p < level) == (not found.low <= 0 <= found.high)
    assert -1 <= found.low <= found.difference <= found.high <= 1
    turned = over_seeds(answered(pair[1]), answered(pair[0]), level)
    assert turned.p == pytest.approx(found.p)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-6)


def test_networks_almost_as_far_apart_as_can_be_differ_by_no_more_than_100_points():
    able = np.stack([np.arange(300) < count for count in (299, 298, 300)])
    failing = np.stack([np.arange(300) < count for count in (20, 20, 52)])
    found = over_seeds(answered(able), answered(failing))

    assert found.is_real
    assert found.high == 1


@given(st.floats(1e-9, 0.5))
def test_no_interval_is_said_to_be_sure_beyond_what_it_is(level):
    said = confidence(level).removesuffix(" %")

    assert float(said) < 100
    assert 100 - float(said) == pytest.approx(100 * level, rel=0.06)


@given(pairs)
def test_many_tables_at_once_are_each_as_if_it_were_alone(pair):
    first, second = pair
    tables = [right[:, ::-1] for right in pair]
    together = least_p(*(answered(np.stack([a, b])) for a, b in zip(pair, tables, strict=True)))

    assert together[0] == pytest.approx(float(least_p(answered(first), answered(second))))
    assert together[1] == pytest.approx(together[0])


def test_one_image_of_twenty_is_no_difference_however_equal_the_seeds():
    """Before: "5.00 better, interval 5.00 to 5.00, p < 0.001"."""
    first, second = np.ones((5, 20), bool), np.ones((5, 20), bool)
    second[:, 0] = False
    found = over_seeds(answered(first), answered(second))

    assert (found.p, found.is_real) == (1.0, False)
    assert found.low <= 0 < found.difference < found.high


def test_seeds_that_agree_in_accuracy_and_not_in_answers_are_not_sure():
    """Each is right on 15 of 20, always other ones: their accuracy has no spread, their answers
    have. The variance of an answer is 0.75 x 0.25 x 4/3 = 0.25, by 20 images and 4 seeds.
    """
    right = np.ones((4, 20), bool)
    for seed in range(4):
        right[seed, 5 * seed : 5 * seed + 5] = False
    found = answered(right)

    assert found.accuracies.var() == 0
    assert float(found.variance) == pytest.approx(0.25 / (20 * 4))


def test_a_few_seeds_without_a_bad_one_are_not_sure_of_more_than_those_that_never_fail():
    """Seeds of one spread from 94 to 98 %, of the other they all have 95 %: the five that were
    drawn are better in the mean, and a worse one has to be reckoned with.
    """
    rows = [[i % 100 >= wrong for i in range(2_000)] for wrong in (2, 2, 3, 3, 6)]
    calm = [[i % 100 < 95 for i in range(2_000)]] * 5
    found = over_seeds(answered(np.array(rows)), answered(np.array(calm)), 0.2)
    mean_of_seeds, expected_of_seeds = (
        answered(np.array(rows)).accuracies.mean(),
        expected(np.array(rows)),
    )

    assert expected_of_seeds[0] < mean_of_seeds - 0.005
    assert not found.is_real


def test_with_two_seeds_nothing_is_said_of_networks():
    two, three = (answered(np.ones((seeds, 9), bool)) for seeds in (2, 3))

    with pytest.raises(ValueError, match="2 and 3 seeds: at least 3 of each"):
        over_seeds(two, three)


@given(answers)
def test_trained_networks_of_one_seed_are_judged_by_mcnemars_exact_test(drawn):
    labels, first, second = np.array(drawn).T
    found = on_images(answered((first == labels)[None]), answered((second == labels)[None]))
    ours = sum(a == y != b for y, a, b in drawn)
    theirs = sum(b == y != a for y, a, b in drawn)

    assert (found.only_first, found.only_second) == (ours, theirs)
    assert found.difference == pytest.approx((ours - theirs) / len(drawn))
    wanted = stats.binomtest(ours, ours + theirs).pvalue if ours + theirs else 1.0
    assert found.p == pytest.approx(wanted)
    assert -1 <= found.low <= found.difference <= found.high <= 1


def one_seed_each(ours: int, theirs: int, images: int) -> tuple[Answered, Answered]:
    """Networks of which one alone is right on so many images, and the other on so many."""
    first, second = np.ones((1, images), bool), np.ones((1, images), bool)
    second[0, :ours], first[0, ours : ours + theirs] = False, False
    return answered(first), answered(second)


def by_mcnemar(ours: int, theirs: int, images: int) -> list[float]:
    """The interval that goes by the images that differ alone, as the test does."""
    share = stats.binomtest(ours, ours + theirs).proportion_ci(method="exact")
    return [(2 * end - 1) * (ours + theirs) / images for end in (share.low, share.high)]


def by_dirichlet(ours: int, theirs: int, images: int) -> list[float]:
    """Between which differences of shares drawn from Dirichlet's distribution 95 % lie, with an
    image more on one side for either end: by integration over the one share.
    """

    def most(ours: int, theirs: int) -> float:
        def chance(difference: float) -> float:
            one = stats.beta(ours + 1, images - ours)
            other = stats.beta(theirs, images - ours - theirs)
            x = np.linspace(0, 1, 200_001)
            below = other.cdf((x - difference) / np.maximum(1 - x, 1e-300))
            return float(np.trapezoid(one.pdf(x) * below, x)) - 0.025

        return float(optimize.brentq(chance, (ours - theirs) / images, 1))

    return [-most(theirs, ours), most(ours, theirs)]


def test_the_interval_of_11_to_3_in_a_hundred_worked_with_scipy():
    found = on_images(*one_seed_each(11, 3, 100))
    ends = [by_mcnemar(11, 3, 100), by_dirichlet(11, 3, 100)]

    assert found.p == pytest.approx(0.0574, abs=1e-4)
    assert found.low == pytest.approx(min(low for low, _ in ends), abs=1e-6)
    assert found.high == pytest.approx(max(high for _, high in ends), abs=1e-6)
    assert found.low < 0


def test_the_interval_of_one_that_is_never_behind_reaches_beyond_what_was_seen():
    """Before, its upper end was the difference itself, as if so many images always differed."""
    found = on_images(*one_seed_each(24, 0, 120))
    more, fewer = stats.beta(25, 96), by_mcnemar(24, 0, 120)[0]

    assert found.high == pytest.approx(more.ppf(0.975), abs=1e-6)  # Clopper and Pearson's
    assert 0 < found.low < fewer


@pytest.mark.parametrize("theirs", [0, 1, 2, 4, 38])
def test_an_interval_leaves_out_0_just_where_the_test_does(theirs: int):
    ours = theirs
    while stats.binomtest(ours, ours + theirs).pvalue >= 0.05 if ours else True:
        ours += 1
    for more, is_real in ((ours, True), (ours - 1, False)):
        found = on_images(*one_seed_each(more, theirs, 200))

        assert (found.p < 0.05) is is_real
        assert (found.low > 0) is is_real


def test_answers_to_different_tests_are_refused():
    three, two = (answered(np.ones((1, images), bool)) for images in (3, 2))

    with pytest.raises(ValueError, match="3 and 2 images"):
        on_images(three, two)


def test_a_network_of_many_tables_is_each_of_them():
    right = np.stack([drawn(4, 30, 0.8, key) for key in range(5)])
    together = answered(right)

    for place, one in enumerate(right):
        alone = answered(one)
        assert isinstance(alone, Answered)
        assert together.variance[place] == pytest.approx(float(alone.variance))
        assert (together.hits[place] == alone.hits).all()


@given(answers)
def test_agreement_and_disagreements_are_counted_image_by_image(drawn):
    labels, first, second = np.array(drawn).T
    shares = significance.agreement([labels, first, second])
    columns = [labels, first, second]
    for i, j in product(range(3), repeat=2):
        same = sum(int(a == b) for a, b in zip(columns[i], columns[j], strict=True))
        assert shares[i, j] == pytest.approx(same / len(drawn))
    places = significance.disagreements(labels, first, second)
    assert list(places) == [i for i, (y, a, b) in enumerate(drawn) if a == y != b]
