"""The small PyTorch classes that a script brings along where PyTorch has no module of its own."""

from __future__ import annotations

HELPERS = {
    "ChannelsLastFlatten": '''\
class ChannelsLastFlatten(nn.Module):
    """Flattens with all channels of a pixel together, as Keras does."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)''',
    "LayerNorm2d": '''\
class LayerNorm2d(nn.LayerNorm):
    """Layer normalisation over the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)''',
    "without": '''\
def without(name, norm):
    """The normalisation without its learned "weight" (scale) or "bias" (shift)."""
    norm.register_parameter(name, None)
    return norm''',
    "Rescale": '''\
class Rescale(nn.Module):
    """Multiplies every value by one number and adds another."""

    def __init__(self, scale, offset=0.0):
        super().__init__()
        self.scale = scale
        self.offset = offset

    def forward(self, x):
        return x * self.scale + self.offset''',
    "BentReLU": '''\
class BentReLU(nn.Module):
    """ReLU with a slope below its threshold and a ceiling above, as Keras defines it."""

    def __init__(self, negative_slope=0.0, max_value=None, threshold=0.0):
        super().__init__()
        self.negative_slope = negative_slope
        self.max_value = max_value
        self.threshold = threshold

    def forward(self, x):
        above = torch.where(x > self.threshold, x, 0.0).clamp(min=0, max=self.max_value)
        return above - self.negative_slope * torch.relu(self.threshold - x)''',
    "Residual": '''\
class Residual(nn.Module):
    """activation(body(x) + shortcut(x))"""

    def __init__(self, body, shortcut=None, activation=None):
        super().__init__()
        self.body = body
        self.shortcut = nn.Identity() if shortcut is None else shortcut
        self.activation = nn.Identity() if activation is None else activation

    def forward(self, x):
        return self.activation(self.body(x) + self.shortcut(x))''',
    "Concatenate": '''\
class Concatenate(nn.Module):
    """Feeds all branches the same input and puts their outputs side by side."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)''',
    "Add": '''\
class Add(nn.Module):
    """Feeds all branches the same input and adds their outputs."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return sum(branch(x) for branch in self.branches)''',
}
"""Each with the name that modules call it by; a script holds those that its network needs."""
