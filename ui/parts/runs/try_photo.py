"""A network that learned somebody's own images meets a new one: its answer, and where it looked."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

import numpy as np
import streamlit as st

from cnn.data import DataError, DatasetName
from cnn.data.dataset import Images, as_floats
from cnn.data.fitting import image_text
from cnn.insight.passes import effort
from cnn.insight.passes.effort import TooMuchError
from cnn.insight.passes.forward import ImagesError
from cnn.insight.readings.answers import answer, class_scores, shares_of
from cnn.network.keras.model import Weights, WeightsError
from cnn.pictures.kit.palette import ABOVE, hex_of
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.run import Run, State
from cnn.training.store.class_names import class_names
from ui.parts.drawing.answers import certainty, how_sure, said_of
from ui.parts.network.own_picture import as_read
from ui.parts.network.where import check_effort, maps_of_where, show_maps
from ui.parts.runs import runs
from ui.session.brought import GONE, Brought, hold
from ui.session.kept import kept
from ui.session.words import plain

ANCHOR = "try-a-new-photo"
UPLOAD, CAMERA, TRIED = "try_photo_file", "try_photo_camera", "try_photo"
FILE, PHOTO = "From a file", "From the camera"
LIMIT_MB = 10
MOST_BARS = 8
ENDINGS = ["png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff"]

_STYLE = f"""
<style>
.bars {{display: grid; grid-template-columns: minmax(4rem, max-content) 1fr max-content;
        gap: .35rem .8rem; align-items: center; max-width: 34rem; font-size: .95rem}}
.bars div {{display: contents}}
.bars span {{overflow-wrap: anywhere}}
.bars i {{height: .7rem; border-radius: 4px; background: rgb(128 128 128 / .2)}}
.bars i::before {{content: ""; display: block; height: 100%; width: var(--share);
                  border-radius: 4px; background: {hex_of(ABOVE)}}}
</style>
"""


def way_to_it(run: Run) -> None:
    """A link, above all that is said of a run, to the field for a picture where there is one."""
    if _is_asked(run):
        st.markdown(f":material/add_a_photo: [Try a new photo](#{ANCHOR}) with this network")


def try_photo(run: Run) -> None:
    """A field for a picture, where a run on own images has finished; the rest once there is one."""
    if not _is_asked(run):
        return
    st.header("Try a new photo", anchor=ANCHOR)
    st.fragment(_try)(run)


def _is_asked(run: Run) -> bool:
    is_own = run.configuration.dataset.name is DatasetName.OWN_IMAGES
    return is_own and run.state is State.FINISHED


def _try(run: Run) -> None:
    if _from_camera():
        st.camera_input(
            "A photo", key=CAMERA, on_change=_keep, args=(CAMERA,), label_visibility="collapsed"
        )
    else:
        st.file_uploader(
            "A picture that it has not learned from",
            type=ENDINGS,
            key=UPLOAD,
            on_change=_keep,
            args=(UPLOAD,),
            max_upload_size=LIMIT_MB,
            help="It is prepared as the training images were. It stays in this session, in a file "
            "without a name, and goes with it.",
        )
    brought: Brought | None = st.session_state.get(TRIED)
    if brought is None:
        return
    if not brought.is_here:
        st.info(GONE, icon=":material/upload_file:")
        return
    try:
        _answer(run, brought)
    except (DataError, WeightsError, ImagesError) as error:
        st.error(plain(str(error)), icon=":material/error:")
    except TooMuchError as error:
        st.info(plain(str(error)), icon=":material/hourglass_empty:")


def _from_camera() -> bool:
    """Whether a photo is taken now, where a browser gives this page a camera."""
    if not has_camera(st.context.url):
        st.caption(
            ":material/no_photography: Browsers give a camera only to pages at https or on the "
            "very machine they run on."
        )
        return False
    chosen = st.segmented_control(
        "From",
        (FILE, PHOTO),
        default=FILE,
        key="try_photo_from",
        required=True,
        label_visibility="collapsed",
    )
    return chosen == PHOTO


def has_camera(address: str | None) -> bool:
    """Whether a browser gives a camera to a page at this address."""
    found = urlsplit(address or "")
    return found.scheme == "https" or found.hostname in ("localhost", "127.0.0.1", "::1")


def _keep(field: str) -> None:
    hold(st.session_state.get(field), TRIED)


def _answer(run: Run, brought: Brought) -> None:
    of, names = run.architecture, class_names(runs.store(), run)
    with st.spinner("Opening the picture ...", show_time=True):
        found = as_read(brought.key, of.input, brought)
    image = as_floats(found.pixels)
    weights = _weights(runs.store().url, run.id, run.finished_at, run)
    effort.of_predict(of).check("To ask this network about a picture")
    likely = shares_of(of, class_scores(of, weights, image[None]))[0]
    said = answer(likely)
    st.markdown(f"### {plain(said_of(likely, names)[0])}")
    st.html(bars_html(likely, names))
    notes = f": {'; '.join(found.notes)}" if found.notes else ""
    st.caption(
        f"{plain(brought.name)} as the network sees it, {image_text(of.input)}"
        f"{plain(notes)}. {plain(how_sure(likely, names))}. It has to choose one of its "
        f"{len(names)} classes, whatever the picture shows."
    )
    check_effort(of)
    key = f"{run.id}-{run.finished_at}"
    maps = maps_of_where(key, brought.key, said.label, None, of, weights, image)
    st.markdown(f"**Where it looked for {plain(names[said.label])}**, asked in three ways")
    show_maps(image, maps, said.label, names[said.label], "try_photo")


# By the end of the run too: one that is taken up again ends once more, with other weights.
@kept(asks=lambda url, id, finished_at, run: effort.of_weights(run.architecture))
def _weights(url: str, id: str, finished_at: float | None, _run: Run) -> Weights:
    return trained_weights(runs.store(), _run)


def bars_html(likely: Images, names: tuple[str, ...]) -> str:
    """How sure it is of the likeliest classes, as bars."""
    order = [int(place) for place in np.argsort(-likely, kind="stable")]
    lines = "".join(
        f'<div role="listitem"><span>{escape(names[place])}</span>'
        f'<i style="--share:{100 * float(likely[place]):.1f}%"></i>'
        f"<b>{certainty(float(likely[place]))}</b></div>"
        for place in order[:MOST_BARS]
    )
    more = len(names) - MOST_BARS
    rest = f"<small>and {more} more classes</small>" if more > 0 else ""
    return f'{_STYLE}<div class="bars" role="list">{lines}</div>{rest}'
