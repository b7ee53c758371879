"""Metrics as Prometheus reads them: a strict reader, and Prometheus' own where it is installed."""

import importlib.util
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
METRIC = re.compile(
    rf"# HELP (?P<help>{NAME}) [^\n\\]+\n"
    rf"# TYPE (?P<type>{NAME}) (counter|gauge|histogram|summary|untyped)\n"
    r"(?P<samples>([^#\n][^\n]*\n)+)"
)
SAMPLE = re.compile(
    rf'(?P<name>{NAME})(\{{(?P<label>{NAME})="(?P<word>[^"\\\n]*)"\}})? (?P<value>-?\d+(\.\d+)?)\n'
)
"""As Prometheus' own text says that metrics are written (format 0.0.4), with one label at most."""


def metrics(text: str) -> dict[str, float]:
    """What a text of metrics says; every letter of it has to be one of a metric.

    One of several values is found by its name and its label's word: `cnn_runs failed`.
    """
    whole, found = text, dict[str, float]()
    while text:
        one = METRIC.match(text)
        assert one, text
        assert one["help"] == one["type"]
        samples = [*SAMPLE.finditer(one["samples"])]
        assert "".join(sample[0] for sample in samples) == one["samples"]
        for sample in samples:
            assert sample["name"] == one["help"]
            key = f"{sample['name']} {sample['word'] or ''}".strip()
            assert key not in found, f"{key} is there twice"
            found[key] = float(sample["value"])
        text = text[one.end() :]
    if importlib.util.find_spec("prometheus_client"):
        assert found == _as_prometheus_reads(whole)
    return found


def _as_prometheus_reads(text: str) -> dict[str, float]:
    from prometheus_client.parser import text_string_to_metric_families as families

    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in families(text)
        for sample in family.samples
    }
