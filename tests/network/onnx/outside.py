"""ONNX files and those who made them: onnxruntime's answers, and small published networks, written
as PyTorch code writes them and exported by PyTorch.
"""

import io
import warnings
from typing import Any

import numpy as np
import pytest

from tests.needs import ONNX, TORCH

SIZE = 32


def answers(content: bytes, images: Any, *, is_first: bool = True) -> Any:
    """What onnxruntime makes of images with channels last, channels last again; the file has its
    channels first, or last too.
    """
    runtime = pytest.importorskip("onnxruntime", reason=ONNX.reason)
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    laid_out = np.ascontiguousarray(images.transpose(0, 3, 1, 2)) if is_first else images
    (found,) = session.run(None, {given.name: laid_out})
    return found.transpose(0, 2, 3, 1) if found.ndim == 4 and is_first else found


def exported(module: Any, *, dynamo: bool, size: int = SIZE, channels: int = 3) -> bytes:
    """The module as one of PyTorch's two exporters writes it."""
    torch = pytest.importorskip("torch", reason=TORCH.reason)
    images = torch.zeros(2, channels, size, size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is the older one, and of its own code
        return _exported(torch, module, images, dynamo)


def _exported(torch: Any, module: Any, images: Any, dynamo: bool) -> bytes:
    if not dynamo:
        content = io.BytesIO()
        names = {"image": {0: "N"}}
        torch.onnx.export(
            module, (images,), content, dynamo=False, input_names=["image"], dynamic_axes=names
        )
        return content.getvalue()
    program = torch.onnx.export(
        module,
        (images,),
        dynamo=True,
        dynamic_shapes=({0: torch.export.Dim("N")},),
        verbose=False,
    )
    made: bytes = program.model_proto.SerializeToString()
    return made


def settled(module: Any) -> Any:
    """The module with weights and statistics that are no neutral ones, ready to answer."""
    import torch

    torch.manual_seed(7)
    for one in module.modules():
        if isinstance(one, torch.nn.BatchNorm2d):
            assert one.running_mean is not None
            assert one.running_var is not None
            torch.nn.init.uniform_(one.weight, 0.5, 1.5)
            torch.nn.init.normal_(one.bias, 0, 0.2)
            torch.nn.init.normal_(one.running_mean, 0, 0.2)
            torch.nn.init.uniform_(one.running_var, 0.5, 1.5)
    return module.eval()


def resnet(bottleneck: bool = False) -> Any:
    """A ResNet as torchvision builds it, of two blocks (He et al., 2015)."""
    from torch import nn

    class Block(nn.Module):
        expansion = 1

        def __init__(self, inputs: int, planes: int, stride: int = 1) -> None:
            super().__init__()
            outputs = planes * self.expansion
            self.body = nn.Sequential(*self.layers(inputs, planes, stride))
            self.relu = nn.ReLU(inplace=True)
            self.downsample = None
            if stride != 1 or inputs != outputs:
                self.downsample = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
                )

        def layers(self, inputs: int, planes: int, stride: int) -> list[nn.Module]:
            return [
                nn.Conv2d(inputs, planes, 3, stride, 1, bias=False),
                nn.BatchNorm2d(planes),
                nn.ReLU(inplace=True),
                nn.Conv2d(planes, planes, 3, 1, 1, bias=False),
                nn.BatchNorm2d(planes),
            ]

        def forward(self, x: Any) -> Any:
            identity = x if self.downsample is None else self.downsample(x)
            return self.relu(self.body(x) + identity)

    class Bottleneck(Block):
        expansion = 4

        def layers(self, inputs: int, planes: int, stride: int) -> list[nn.Module]:
            return [
                nn.Conv2d(inputs, planes, 1, bias=False),
                nn.BatchNorm2d(planes),
                nn.ReLU(inplace=True),
                nn.Conv2d(planes, planes, 3, stride, 1, bias=False),
                nn.BatchNorm2d(planes),
                nn.ReLU(inplace=True),
                nn.Conv2d(planes, planes * 4, 1, bias=False),
                nn.BatchNorm2d(planes * 4),
            ]

    class ResNet(nn.Module):
        def __init__(self, block: type[Block]) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(3, 8, 7, 2, 3, bias=False)
            self.bn1 = nn.BatchNorm2d(8)
            self.relu = nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(3, 2, 1)
            e = block.expansion
            self.layer1 = nn.Sequential(block(8, 8), block(8 * e, 8))
            self.layer2 = nn.Sequential(block(8 * e, 12, 2), block(12 * e, 12))
            self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
            self.fc = nn.Linear(12 * e, 10)

        def forward(self, x: Any) -> Any:
            import torch

            x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
            x = self.avgpool(self.layer2(self.layer1(x)))
            return self.fc(torch.flatten(x, 1))

    return settled(ResNet(Bottleneck if bottleneck else Block))


def vgg() -> Any:
    """A VGG with batch norm, its maps flattened with channels first (Simonyan, Zisserman, 2014)."""
    from torch import nn

    def block(inputs: int, outputs: int) -> list[nn.Module]:
        layers = [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(True)]
        return [*layers, nn.MaxPool2d(2, 2)]

    class VGG(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features = nn.Sequential(*block(3, 6), *block(6, 8), *block(8, 10))
            self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
            self.classifier = nn.Sequential(
                nn.Linear(10 * 4, 16), nn.ReLU(True), nn.Dropout(), nn.Linear(16, 10)
            )

        def forward(self, x: Any) -> Any:
            import torch

            return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

    return settled(VGG())


def mobilenet_v2() -> Any:
    """Inverted residuals with ReLU6 (Sandler et al., 2018)."""
    from torch import nn

    def conv(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Module:
        pad = (size - 1) // 2
        kernel = nn.Conv2d(inputs, outputs, size, stride, pad, groups=groups, bias=False)
        return nn.Sequential(kernel, nn.BatchNorm2d(outputs), nn.ReLU6(inplace=True))

    class Inverted(nn.Module):
        def __init__(self, inputs: int, outputs: int, stride: int, ratio: int) -> None:
            super().__init__()
            hidden = inputs * ratio
            self.adds = stride == 1 and inputs == outputs
            first = [conv(inputs, hidden, 1)] if ratio != 1 else []
            self.conv = nn.Sequential(
                *first,
                conv(hidden, hidden, 3, stride, hidden),
                nn.Conv2d(hidden, outputs, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )

        def forward(self, x: Any) -> Any:
            return x + self.conv(x) if self.adds else self.conv(x)

    class MobileNetV2(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features = nn.Sequential(
                conv(3, 8, 3, 2),
                Inverted(8, 6, 1, 1),
                Inverted(6, 8, 2, 4),
                Inverted(8, 8, 1, 4),
                conv(8, 24, 1),
            )
            self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(24, 10))

        def forward(self, x: Any) -> Any:
            import torch

            x = nn.functional.adaptive_avg_pool2d(self.features(x), (1, 1))
            return self.classifier(torch.flatten(x, 1))

    return settled(MobileNetV2())


def efficientnet(hard: bool = False) -> Any:
    """MBConv with squeeze and excite and SiLU (Tan and Le, 2019); `hard` as in MobileNetV3."""
    from torch import nn

    bend = nn.Hardswish if hard else nn.SiLU

    class Excite(nn.Module):
        def __init__(self, channels: int, squeezed: int) -> None:
            super().__init__()
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.fc1 = nn.Conv2d(channels, squeezed, 1)
            self.fc2 = nn.Conv2d(squeezed, channels, 1)
            self.bend = nn.ReLU() if hard else nn.SiLU()
            self.gate = nn.Hardsigmoid() if hard else nn.Sigmoid()

        def forward(self, x: Any) -> Any:
            return self.gate(self.fc2(self.bend(self.fc1(self.avgpool(x))))) * x

    def conv(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Module:
        pad = (size - 1) // 2
        kernel = nn.Conv2d(inputs, outputs, size, stride, pad, groups=groups, bias=False)
        return nn.Sequential(kernel, nn.BatchNorm2d(outputs, 1e-3), bend())

    class MBConv(nn.Module):
        def __init__(self, inputs: int, outputs: int, size: int, stride: int, ratio: int) -> None:
            super().__init__()
            hidden = inputs * ratio
            self.adds = stride == 1 and inputs == outputs
            first = [conv(inputs, hidden, 1)] if ratio != 1 else []
            self.block = nn.Sequential(
                *first,
                conv(hidden, hidden, size, stride, hidden),
                Excite(hidden, max(1, inputs // 4)),
                nn.Conv2d(hidden, outputs, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )

        def forward(self, x: Any) -> Any:
            return self.block(x) + x if self.adds else self.block(x)

    class EfficientNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features = nn.Sequential(
                conv(3, 8, 3, 2),
                MBConv(8, 6, 3, 1, 1),
                MBConv(6, 8, 5, 2, 4),
                MBConv(8, 8, 5, 1, 4),
                conv(8, 24, 1),
            )
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(24, 10))

        def forward(self, x: Any) -> Any:
            import torch

            return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

    return settled(EfficientNet())


MODULES = {
    "ResNet of basic blocks": resnet,
    "ResNet of bottlenecks": lambda: resnet(bottleneck=True),
    "VGG": vgg,
    "MobileNetV2": mobilenet_v2,
    "MobileNetV3": lambda: efficientnet(hard=True),
    "EfficientNet": efficientnet,
}
