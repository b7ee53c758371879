"""What is refused before it is queued."""

import pytest

from cnn.network.zoo import entry
from cnn.training import limits
from cnn.training.configuration import Configuration, ConfigurationError


def test_an_original_of_138_million_parameters_is_refused_with_the_number(monkeypatch):
    monkeypatch.delenv("CNN_MAX_PARAMS", raising=False)

    with pytest.raises(ConfigurationError, match="has 138,357,544 parameters, and at most 30,000"):
        limits.check(entry("vgg-16").architecture, Configuration(), 1_000)


def test_the_limit_is_a_setting(monkeypatch):
    monkeypatch.setenv("CNN_MAX_PARAMS", "60000")

    with pytest.raises(ConfigurationError, match="LeNet-5 has 61,706 parameters, and at most 60,0"):
        limits.check(entry("lenet-5").architecture, Configuration(), 1_000)


def test_a_batch_that_does_not_fit_the_memory_is_refused_with_both_sizes(monkeypatch):
    monkeypatch.setattr(limits, "memory_bytes", lambda: 1_000_000_000)
    architecture = entry("vgg-lite").architecture

    limits.check(architecture, Configuration(batch_size=64), 1_000)
    with pytest.raises(ConfigurationError, match=r"GB to train with batches of 4096; .* 1.0 GB"):
        limits.check(architecture, Configuration(batch_size=4_096), 10_000)


def test_a_queue_has_an_end(monkeypatch):
    monkeypatch.setenv("CNN_MAX_QUEUE", "5")

    limits.check_queue(3, 2)
    with pytest.raises(
        ConfigurationError, match="3 runs are waiting already, 3 more would be over"
    ):
        limits.check_queue(3, 3)
