"""What nobody sees in a name: left out where one comes in, and where an old one is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from cnn.data import DatasetName, DatasetSpec
from cnn.data.own.keeping import own_name
from cnn.insight.readings.explanations import Fact
from cnn.names import visible
from cnn.network.link import decode, encode
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import CLASS_NAMES
from cnn.training.store import class_names
from cnn.training.store.labels import put_note, put_tags, rename
from cnn.training.store.store import Store
from cnn.training.store.tables import runs
from tests.hostile.files import NETWORK
from tests.hostile.names import UNSEEN
from ui.session.words import facts_html, plain


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


@pytest.mark.parametrize("name", UNSEEN)
def test_what_nobody_sees_in_a_name_is_left_out_wherever_one_comes_in(name: str, store: Store):
    given, seen = UNSEEN[name]
    assert visible(given) == seen
    assert visible(seen) == seen
    named = replace(NETWORK, name=_in_one_line(given))
    wanted = seen or "unnamed"
    assert named.name == wanted
    assert decode(encode(named)).name == wanted
    run = store.add(NETWORK, Configuration())
    assert rename(store, run.id, given) == (seen or NETWORK.name)
    assert put_tags(store, run.id, [given]) == ((seen,) if seen else ())
    assert put_note(store, run.id, given) == seen
    assert own_name(Path(f"{given}-0123456789abcdef.zip")) == seen


@pytest.mark.parametrize("name", UNSEEN)
def test_a_name_that_an_earlier_version_kept_is_shown_without_it(name: str, store: Store):
    given, seen = UNSEEN[name]
    run = store.add(NETWORK, Configuration())
    with store.begin() as connection:
        raw = json.dumps(NETWORK.to_dict() | {"name": _in_one_line(given)})
        this = update(runs).where(runs.c.id == run.id)
        connection.execute(this.values(name=given, architecture=raw))
    store.keep_file(run.id, CLASS_NAMES, json.dumps([given] * 3).encode())
    found = store.get(run.id)
    assert found
    assert (found.name, found.architecture.name) == (seen or "unnamed",) * 2
    own = DatasetSpec(DatasetName.OWN_IMAGES, file="gone.zip")
    on_own = replace(found, configuration=replace(found.configuration, dataset=own))
    assert class_names.class_names(store, on_own) == (seen,) * 3
    assert "\u202e" not in plain(given) + facts_html([Fact(given, given, given)])


def _in_one_line(name: str) -> str:
    """A network whose name has lines was never taken."""
    return "".join(one for one in name if one not in "\u2028\u2029")
