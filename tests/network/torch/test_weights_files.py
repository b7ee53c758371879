"""Weights for PyTorch as `.safetensors` and `.pt`: read as their own libraries read them, loaded
into the exported module with every key, and brought back.
"""

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.insight.passes.forward import predict
from cnn.network.architecture import Architecture
from cnn.network.keras.model import WeightsError
from cnn.network.torch.export import torch_state, torch_weights
from cnn.network.torch.file import (
    module_name,
    read_torch_weights,
    write_torch_file,
    write_torch_weights,
)
from cnn.network.torch.safetensors import read_safetensors, write_safetensors
from cnn.network.zoo import entry
from tests.needs import SAFETENSORS, TORCH
from tests.network.export_cases import CASES, random_images, random_weights
from tests.network.strategies import architectures
from tests.network.torch.test_export import channels_last, module_of
from tests.some import some

ENDINGS = (".safetensors", ".pt")


def weights_file(architecture: Architecture, ending: str) -> bytes:
    into = io.BytesIO()
    write_torch_weights(architecture, random_weights(architecture), into, ending)
    return into.getvalue()


def loaded(content: bytes, ending: str) -> Any:
    """The state dict as PyTorch or safetensors loads it."""
    if ending == ".pt":
        torch = pytest.importorskip("torch", reason=TORCH.reason)
        return torch.load(io.BytesIO(content), weights_only=True)
    library = pytest.importorskip("safetensors.torch", reason=SAFETENSORS.reason)
    return library.load(content)


@TORCH.mark()
@pytest.mark.parametrize(
    ("ending", "step"),
    [(".pt", 8), *(pytest.param(ending, 1, marks=pytest.mark.proof) for ending in ENDINGS)],
)
def test_the_module_loads_every_key_and_answers_as_the_network_does(ending: str, step: int):
    from cnn.network.torch.export import torch_code

    for reason, architecture in list(CASES.items())[::step]:
        answers_alike(architecture, torch_code(architecture).text, ending, reason)


def answers_alike(architecture: Architecture, code: str, ending: str, reason: str = "") -> None:
    import torch

    module, images = module_of(code), random_images(architecture)
    fed = architecture.fed.of(images)
    module.load_state_dict(loaded(weights_file(architecture, ending), ending), strict=True)
    with torch.no_grad():
        found = module.eval()(torch.from_numpy(fed.transpose(0, 3, 1, 2).copy())).numpy()
    wanted = predict(architecture, random_weights(architecture), images)
    np.testing.assert_allclose(channels_last(found), wanted, rtol=1e-4, atol=1e-4, err_msg=reason)


@TORCH.mark()
@SAFETENSORS.mark()
@pytest.mark.parametrize("ending", some(ENDINGS, ".safetensors"))
def test_unpacked_the_code_finds_its_weights(ending: str, tmp_path: Path):
    architecture = entry("lenet-5").architecture
    with (tmp_path / "all.zip").open("w+b") as into:
        write_torch_file(architecture, random_weights(architecture), into, ending)
        zipfile.ZipFile(into).extractall(tmp_path)
    asked = f"from {module_name(architecture)} import trained; print(len(trained().state_dict()))"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.stdout == "10\n", done.stderr


def test_a_file_of_ours_brings_design_and_weights_back():
    for architecture in CASES.values():
        design, weights = read_torch_weights(weights_file(architecture, ".safetensors"))

        assert design == architecture
        for name, arrays in random_weights(architecture).items():
            for found, wanted in zip(weights[name], arrays, strict=True):
                np.testing.assert_array_equal(found, wanted)


@given(architectures())
def test_random_networks_come_back(architecture: Architecture):
    design, weights = read_torch_weights(weights_file(architecture, ".safetensors"))
    wanted = random_weights(architecture)

    assert design == architecture
    assert weights.keys() == wanted.keys()
    assert all(
        np.array_equal(one, other)
        for name in wanted
        for one, other in zip(weights[name], wanted[name], strict=True)
    )


@SAFETENSORS.mark()
@given(
    st.dictionaries(
        st.text(max_size=5),
        st.lists(st.integers(0, 3), max_size=3).map(lambda shape: np.ones(shape, np.float32)),
        max_size=4,
    )
)
def test_the_library_reads_what_is_written_and_its_files_are_read(arrays: dict[str, Any]):
    from safetensors import numpy as library

    arrays = {name: one for name, one in arrays.items() if name != "__metadata__"}
    into = io.BytesIO()
    write_safetensors(arrays, into, {"about": "it"})

    for found in (library.load(into.getvalue()), read_safetensors(library.save(arrays))[0]):
        assert found.keys() == arrays.keys()
        assert all(np.array_equal(found[name], arrays[name]) for name in arrays)


def test_weights_that_say_no_design_are_taken_for_the_one_they_are_given_to():
    architecture = entry("lenet-5").architecture
    into = io.BytesIO()
    write_safetensors(torch_state(architecture, random_weights(architecture)), into)
    content = into.getvalue()

    assert read_torch_weights(content, architecture)[0] == architecture
    with pytest.raises(WeightsError, match="does not say of which design"):
        read_torch_weights(content)
    with pytest.raises(WeightsError, match="unlike the module of Simple CNN"):
        read_torch_weights(content, entry("simple-cnn").architecture)


@TORCH.mark()
@SAFETENSORS.mark()
@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_numbers_of_other_widths_are_those_that_pytorch_reads(kind: str):
    import torch
    from safetensors.torch import save

    wanted = torch.tensor([[0.1, -3.0e-5], [1.0e4, 0.0]]).to(getattr(torch, kind))
    (found,) = read_safetensors(save({"a": wanted}))[0].values()
    np.testing.assert_array_equal(found.astype(np.float32), wanted.float().numpy())
    is_wide = kind == "float64"
    with pytest.raises(WeightsError, match="not finite"):
        read_safetensors(save({"a": wanted * (1e300 if is_wide else float("inf"))}))


def test_numbers_that_are_not_read_are_named():
    header = b'{"a": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}'
    with pytest.raises(WeightsError, match=r"'F8_E4M3'; read are F32, .* Save it as float32"):
        read_safetensors(len(header).to_bytes(8, "little") + header + b"0")


def test_what_counts_batches_is_left_out_and_other_shapes_are_refused():
    architecture = entry("resnet-lite").architecture
    state = torch_state(architecture, random_weights(architecture))
    first, array = next(iter(state.items()))

    torch_weights(architecture, state | {"features.1.num_batches_tracked": np.zeros((), np.int64)})
    with pytest.raises(WeightsError, match="is of the shape"):
        torch_weights(architecture, state | {first: array[..., :1, :1]})
    with pytest.raises(WeightsError, match="hold 'more'"):
        torch_weights(architecture, state | {"more": array})
