"""What is refused before it is queued."""

import pytest

from cnn import memory
from cnn.network.zoo import entry
from cnn.training.forecast import limits
from cnn.training.recipe.configuration import Configuration, ConfigurationError

IMAGES = {"train": 1_000, "validation": 200, "test": 200}
VGG = entry("vgg-lite").architecture


def test_an_original_of_138_million_parameters_is_refused_with_the_number(monkeypatch):
    monkeypatch.delenv("CNN_MAX_PARAMS", raising=False)

    with pytest.raises(ConfigurationError, match="has 138,357,544 parameters, and at most 30,000"):
        limits.check(entry("vgg-16").architecture, Configuration(), IMAGES)


def test_the_limit_is_a_setting(monkeypatch):
    monkeypatch.setenv("CNN_MAX_PARAMS", "60000")

    with pytest.raises(ConfigurationError, match="LeNet-5 has 61,706 parameters, and at most 60,0"):
        limits.check(entry("lenet-5").architecture, Configuration(), IMAGES)


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ({}, "^21 epochs are more than the 20 that are trained here. Train fewer, or set CNN_MAX"),
        ({"steps": 321}, "^321 steps are 21 epochs, which are more than the 20 that are trained"),
        ({"seconds": 5.0}, "^5 s of steps may be 21 epochs, which are more than the 20 that are"),
    ],
)
def test_so_is_that_of_epochs_whatever_decides_how_long_it_takes(monkeypatch, budget, message):
    monkeypatch.setenv("CNN_MAX_EPOCHS", "20")
    lenet = entry("lenet-5").architecture

    limits.check(lenet, Configuration(epochs=20, **budget), IMAGES)
    with pytest.raises(ConfigurationError, match=message):
        limits.check(lenet, Configuration(epochs=21, **budget), IMAGES)


@pytest.mark.parametrize(
    ("setting", "most"),
    [("20", 20), ("1", 1), ("0", 1_000), ("-4", 1_000), ("2000", 1_000), ("x", 1_000), ("", 1_000)],
)
def test_a_setting_that_cannot_be_counts_as_not_set(monkeypatch, setting: str, most: int):
    monkeypatch.setenv("CNN_MAX_EPOCHS", setting)

    assert limits.most_epochs() == most


def test_a_queue_of_none_takes_no_runs_and_one_of_less_than_none_is_not_set(monkeypatch):
    monkeypatch.setenv("CNN_MAX_QUEUE", "-1")
    limits.check_queue(199)
    monkeypatch.setenv("CNN_MAX_QUEUE", "0")
    with pytest.raises(ConfigurationError, match="over the limit of 0"):
        limits.check_queue(0)


def test_a_batch_that_does_not_fit_the_free_memory_is_refused_with_both_sizes(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 2_000_000_000)
    many = IMAGES | {"train": 10_000}

    limits.check(VGG, Configuration(batch_size=64), many)
    with pytest.raises(
        ConfigurationError, match=r"GB to train with batches of 4,096; .* 2.0 GB fr"
    ):
        limits.check(VGG, Configuration(batch_size=4_096), many)


def test_while_others_train_all_of_the_memory_counts(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 100_000_000)
    monkeypatch.setattr(memory, "memory_bytes", lambda: 8_000_000_000)

    limits.check(VGG, Configuration(), IMAGES, busy=True)
    with pytest.raises(ConfigurationError, match=r"this machine has 0\.1 GB free"):
        limits.check(VGG, Configuration(), IMAGES)


def test_data_that_does_not_fit_is_refused_too(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 2_000_000_000)

    with pytest.raises(ConfigurationError, match="or fewer images"):
        limits.check(VGG, Configuration(), IMAGES | {"train": 5_000_000})


def test_a_queue_has_an_end(monkeypatch):
    monkeypatch.setenv("CNN_MAX_QUEUE", "5")

    limits.check_queue(3, 2)
    with pytest.raises(
        ConfigurationError, match="3 runs are waiting already, 3 more would be over"
    ):
        limits.check_queue(3, 3)
