"""The estimate before a training beside what was measured: time and peak memory.

Measures this machine anew, then trains five networks of the zoo, each in a fresh process by the
command line's own way, and asks the system for that process' peak. Ratios are to stay within a
factor of two; the last column but one is the wall clock of the whole process, imports and all.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CASES = (
    ("shapes-demo", "shapes", 20),
    ("lenet-5", "mnist-sample", 5),
    ("alexnet-lite", "mnist-sample", 5),
    ("vgg-lite", "mnist-sample", 3),
    ("resnet-lite", "mnist-sample", 3),
)
CALIBRATE = (
    "from cnn.training import calibration, machine; machine.warm_up(); list(calibration.measure())"
)
FACTOR = 2.0


def trained(network: str, data: str, epochs: int) -> tuple[float, float, int]:
    """Training seconds as the run says, wall seconds, and peak bytes of a training's process."""
    command = [sys.executable, "-m", "cnn", "train", network, "--dataset", data]
    command += ["--epochs", str(epochs), "--json"]
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode:
        sys.exit(f"{network} was not trained, so there is nothing to compare.")
    unit = 1 if sys.platform == "darwin" else 1024
    return json.loads(said)["seconds"], wall_s, usage.ru_maxrss * unit


def main() -> None:
    """Print one line per network, and fail where an estimate is off by more than the factor."""
    from cnn.data import DatasetSpec, load
    from cnn.network.zoo import entry
    from cnn.training import calibration
    from cnn.training.configuration import Configuration
    from cnn.training.estimate import estimate
    from cnn.training.fitting import fit_to

    subprocess.run([sys.executable, "-c", CALIBRATE], cwd=ROOT, check=True, capture_output=True)
    prices = calibration.load()
    assert prices is not None
    print(prices)
    print(f"{'':14}{'time: estimate':>16}{'measured':>10}{'ratio':>7}", end="")
    print(f"{'peak: estimate':>18}{'measured':>11}{'ratio':>7}{'wall':>9}")
    worst = 1.0
    for network, data, epochs in CASES:
        configuration = Configuration(DatasetSpec.from_dict({"name": data}), epochs=epochs)
        architecture = entry(network).architecture
        found = load(configuration.dataset, architecture.input)
        images = {name: len(split) for name, split in found.splits.items()}
        fitted = fit_to(architecture, found).architecture
        said = estimate(fitted, configuration, images, prices)
        seconds, wall_s, peak = trained(network, data, epochs)
        ratios = (said.seconds / seconds, said.peak_bytes / peak)
        worst = max([worst, *ratios, *(1 / ratio for ratio in ratios)])
        print(
            f"{network:14}{said.seconds:14.1f} s{seconds:8.1f} s{ratios[0]:7.2f}"
            f"{said.peak_bytes / 2**20:14.0f} MiB{peak / 2**20:7.0f} MiB{ratios[1]:7.2f}"
            f"{wall_s:7.1f} s"
        )
    print(f"The worst is off by a factor of {worst:.2f}; at most {FACTOR:g} is wanted.")
    sys.exit(worst > FACTOR)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNN_HOME"] = folder
        main()
