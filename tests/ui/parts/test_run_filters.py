"""The filter of the list of runs: what it leaves, and the address that holds it."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn.training.store import labels, tables
from cnn.training.store.store import Store
from tests.ui.parts.test_compare_budget import rows
from tests.ui.views.test_train import finished
from tests.ui.visiting import visited, words


@pytest.fixture
def two(store: Store) -> Store:
    demo, _ = finished(store), finished(store, network="lenet-5")
    labels.put_tags(store, demo.id, ["best"])
    return store


def listed(app: AppTest) -> list[str]:
    """The names in the list."""
    return list(rows(app, "Runs, the latest first"))


def lists(app: AppTest) -> dict[str, Any]:
    """What the browser is asked to put into the address."""
    sent = [json.loads(found.proto.json or "[]") for found in app.get("bidi_component")]
    (own,) = (
        one[0] for one in sent if isinstance(one, list) and "list-words" in one[0].get("names", [])
    )
    values: dict[str, Any] = own["values"]
    return values


def test_a_filter_leaves_the_runs_it_is_about_and_is_in_the_address(two: Store):
    app = visited("train")
    assert listed(app) == ["LeNet-5", "Shapes demo"]
    assert lists(app) == {}

    app.selectbox(key="filter_tag").set_value("best").run()

    assert not app.exception
    assert listed(app) == ["Shapes demo"]
    assert lists(app) == {"list-tag": ["best"]}
    assert "tagged best" in words(app)

    app.button(key="filter_clear").click().run()
    assert listed(app) == ["LeNet-5", "Shapes demo"]
    assert lists(app) == {}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"list-tag": "best"}, ["Shapes demo"]),
        ({"list-network": "LeNet-5"}, ["LeNet-5"]),
        ({"list-words": "demo", "list-state": "finished"}, ["Shapes demo"]),
        ({"list-tag": "nobody", "list-state": "**no**"}, ["LeNet-5", "Shapes demo"]),
    ],
)
def test_an_address_opens_the_list_as_it_was(two: Store, query: dict[str, str], found: list[str]):
    app = visited("train", **query)

    assert listed(app) == found


def test_what_nobody_sees_in_a_label_is_nowhere_on_the_page(two: Store):
    unseen = "be\u202es\u200bt"
    demo = next(run for run in two.latest() if run.name == "Shapes demo")
    with two.begin() as connection:
        connection.execute(tables.tags.update().values(tag=unseen))
        this = tables.runs.update().where(tables.runs.c.id == demo.id)
        values = {"name": unseen, "note": unseen, "network": unseen, "dataset": f"own:{unseen}"}
        connection.execute(this.values(values))

    pages = [
        visited("train"),
        visited("train", run=demo.id),
        visited("train", **{"list-tag": unseen}),
    ]

    for app in pages:
        protos = "".join(str(getattr(node, "proto", "")) for node in app._tree)
        assert "best" in protos
        # As letters, as protobuf writes them, and as JSON does.
        for sign in ("\u202e", "\u200b", r"\342\200\256", r"\342\200\213", r"\u202e", r"\u200b"):
            assert sign not in protos, app
    assert listed(pages[-1]) == ["best"]
    assert "tagged best" in words(pages[-1])


def test_archived_runs_have_an_address_too(two: Store):
    labels.archive(two, [run.id for run in two.latest() if run.name == "LeNet-5"])

    app = visited("train", **{"list-archived": "yes"})

    assert listed(app) == ["LeNet-5"]
    assert app.toggle(key="filter_archived").value is True
