"""Watch it learn: the first kernels, the feature maps and the predictions, epoch by epoch."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnn.data import Split
from cnn.network.architecture import Architecture
from cnn.network.trace import trace
from cnn.pictures.inside.snapshots import (
    kernels_picture,
    largest_weight,
    maps_picture,
    predictions_picture,
)
from cnn.pictures.kit.inline import data_uri
from cnn.training.engine.snapshots import Snapshot, snapshot_name, watched_from_bytes
from cnn.training.recipe.run import WATCHED, Run
from cnn.training.store.arrays import ArraysError
from cnn.training.store.class_names import class_names
from ui.components.picture import picture
from ui.parts.runs import runs
from ui.session.kept import kept
from ui.session.words import plain

PLAY_S = 0.6
ACROSS = 2
MOST_KEPT = 130


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A snapshot, with the largest kernel weight and each layer's largest values by image."""

    snapshot: Snapshot
    weight: float
    values: dict[str, list[float]]


def watch_it_learn(run: Run) -> None:
    """A slider through the training; at its end it shows the newest snapshot."""
    store = runs.store()
    kept, content = store.snapshots(run.id), store.file(run.id, WATCHED)
    if not kept or content is None:
        st.caption(
            "The first snapshot is taken before the first step."
            if run.is_live
            else "This run kept no snapshots: it ended before its first step, an older program "
            "trained it, or they were removed to make room."
        )
        return
    try:
        watched = watched_from_bytes(content, run.architecture)
    except ArraysError as error:
        _say_unreadable("file of the images that it was followed by", error)
        return
    playing = _playing(run) and not run.is_live
    st.fragment(run_every=PLAY_S if playing else None)(_moments)(run, kept, watched)


def _say_unreadable(what: str, why: object) -> None:
    st.warning(
        plain(f"The {what} cannot be read: {why}. Train again to have it anew."),
        icon=":material/broken_image:",
    )


def _moments(run: Run, kept: list[int], watched: Split) -> None:
    epoch = _chosen_epoch(run, kept)
    url, of = runs.store().url, run.architecture
    moments = {one: _moment(url, run.id, one, run.started_at, of) for one in kept}
    moment = moments[epoch]
    if isinstance(moment, Moment) and len(moment.snapshot) != len(watched):
        moment = f"it is of {len(moment.snapshot)} images, and {len(watched)} were followed"
    if isinstance(moment, str):
        _say_unreadable(f"snapshot after epoch {epoch}", moment)
        return
    known = [
        one
        for one in moments.values()
        if isinstance(one, Moment) and len(one.snapshot) == len(watched)
    ]
    left, right = st.container(key="halves_kept").columns(2, gap="large")
    with left:
        _kernels(run, moment, known)
    with right:
        _maps(run, moment, known, watched)
    st.markdown(f"**Predictions for {len(watched)} validation images**")
    _predictions(run, moment.snapshot, watched)
    st.caption(
        "Validation images, chosen by the run's seed, and the same at each moment. Green is the "
        "true class; orange is what the network says where it is wrong."
    )


def _chosen_epoch(run: Run, kept: list[int]) -> int:
    """The epoch of the snapshot to show, with the slider that chooses it.

    Its end means the newest one while the run is live, so nothing has to move it there.
    """
    newest, key = kept[-1], f"moment_{run.id}"
    # As long as the whole training from the beginning: its ends must not move under the pointer.
    last = run.epochs_wanted if run.is_live else newest
    now = st.session_state.get(key, last)
    if _playing(run) and not run.is_live:
        if now >= newest:
            st.session_state[f"{key}_playing"] = False
            st.rerun()  # whole: nothing moves by itself any more
        now = _next(kept, now)
    elif now > newest:
        now = last
    if last:
        st.session_state[key] = now
        with st.container(horizontal=True, vertical_alignment="bottom"):
            now = st.select_slider(
                f"After epoch (of {last:,})",
                range(last + 1),
                format_func=lambda epoch: (
                    f"newest: {newest:,}" if run.is_live and epoch == last else f"{epoch:,}"
                ),
                key=key,
                persist_state="session",
            )
            if not run.is_live:
                _play_button(run, key, is_at_end=now == newest)
    return kept[max(bisect.bisect_right(kept, now) - 1, 0)]


def _play_button(run: Run, key: str, *, is_at_end: bool) -> None:
    def toggle() -> None:
        st.session_state[f"{key}_playing"] = not _playing(run)
        if _playing(run) and is_at_end:
            st.session_state[key] = 0

    label, icon = ("Hold", "pause") if _playing(run) else ("Play", "play_arrow")
    if st.button(label, icon=f":material/{icon}:", key=f"{key}_play", on_click=toggle):
        st.rerun()  # whole: how often this is shown anew has changed


def _playing(run: Run) -> bool:
    return bool(st.session_state.get(f"moment_{run.id}_playing", False))


def _next(kept: list[int], now: int) -> int:
    return kept[min(bisect.bisect_right(kept, now), len(kept) - 1)]


def _kernels(run: Run, moment: Moment, known: list[Moment]) -> None:
    kernels = moment.snapshot.kernels
    if kernels is None:
        st.caption("This network has no convolution, so there are no kernels to look at.")
        return
    height, width = kernels.shape[:2]
    st.markdown(f"**Kernels of the first convolution**, {height}×{width}")
    limit = max(one.weight for one in known)
    picture(kernels_picture(kernels, limit=limit), key=f"kernels_{run.id}", largest=1.2)
    st.caption("Indigo is above zero, orange below; the scale is the same for every epoch.")


def _maps(run: Run, moment: Moment, known: list[Moment], watched: Split) -> None:
    layers = list(moment.snapshot.maps)
    if not layers:
        return
    labels = watched.labels
    names = class_names(runs.store(), run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            "Feature maps of",
            range(len(labels)),
            format_func=lambda i: f"image {i}, {names[int(labels[i])]}",
            key="watched_image",
            persist_state="session",
            width=190,
        )
        layer = st.selectbox(
            "After",
            layers,
            format_func=lambda name: _titles(run).get(name, name),
            key=f"watched_layer_{run.id}",
            width=190,
        )
        st.html(
            f'<img src="{data_uri(watched.pixels[place])}" alt="" '
            'style="height:3.2rem;image-rendering:pixelated;border-radius:3px">',
            width="content",
        )
    limit = max(one.values[layer][place] for one in known)
    maps = moment.snapshot.maps[layer][place]
    picture(maps_picture(maps, limit=limit), key=f"maps_{run.id}", largest=1.2)
    rows = trace(run.architecture).rows
    channels = next(row.output_shape[-1] for row in rows if row.name == layer)
    if maps.shape[-1] < channels:
        st.caption(f"The first {maps.shape[-1]:,} of {channels:,} maps; more are not kept.")


def _predictions(run: Run, snapshot: Snapshot, watched: Split) -> None:
    """Two pictures side by side, which stand one below the other where there is little room."""
    names, many = class_names(runs.store(), run), len(watched)
    half = -(-many // 2)
    parts = [slice(0, half), slice(half, many)] if many > ACROSS else [slice(0, many)]
    columns = st.container(key="halves_seen").columns(len(parts), gap="medium")
    for column, part in zip(columns, parts, strict=True):
        with column:
            svg = predictions_picture(
                watched.pixels[part],
                snapshot.probabilities[part].astype(np.float32),
                watched.labels[part],
                names,
                across=ACROSS,
            )
            picture(svg, key=f"predictions_{run.id}_{part.start}", largest=1.15)


def _titles(run: Run) -> dict[str, str]:
    return {row.name: row.title for row in trace(run.architecture).rows}


# By the start of the run too: one that was resumed takes its later snapshots once more.
@kept(most=MOST_KEPT)
def _moment(
    url: str, run_id: str, epoch: int, started_at: float | None, _of: Architecture
) -> Moment | str:
    content = runs.store().file(run_id, snapshot_name(epoch))
    if content is None:
        return "it is not there any more"
    try:
        snapshot = Snapshot.from_bytes(content, _of)
    except ArraysError as error:
        return str(error)
    return Moment(
        snapshot,
        largest_weight([] if snapshot.kernels is None else [snapshot.kernels]),
        {name: [largest_weight([one]) for one in maps] for name, maps in snapshot.maps.items()},
    )
