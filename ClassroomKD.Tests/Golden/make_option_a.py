"""Prints the entries of vision-networks.json for ResNets with option-A shortcuts, computed in float64 by NumPy alone after
akamaster/pytorch_resnet_cifar10: F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, planes // 4, planes // 4)).

    python3 make_option_a.py            the entries
    python3 make_option_a.py --check    resnet20 with option-B shortcuts, which PyTorch gave an entry too
"""
import hashlib
import json
import sys

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def values(count, seed):
    """u of WeightRule.cs."""
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(seed)
        for shift, factor in ((16, 0x7feb352d), (15, 0x846ca68b), (16, None)):
            x ^= x >> np.uint32(shift)
            x = x * np.uint32(factor) if factor else x
    return x / 2147483648.0 - 1


def seed(name):
    state = 2166136261
    for letter in name.encode():
        state = (state ^ letter) * 16777619 % 2 ** 32
    return state


class Network:
    def __init__(self, depth, classes, convolutions):
        self.blocks, self.classes, self.convolutions, self.shapes = (depth - 2) // 6, classes, convolutions, {}

    def tensor(self, name, *shape):
        self.shapes[name] = shape
        u = values(int(np.prod(shape)), seed(name))
        fan_in = np.prod(shape[1:]) if len(shape) > 1 else 1
        rule = 1 + u / 2 if name.endswith("running_var") else u * np.sqrt(6 / fan_in) if len(shape) > 1 \
            else 1 + u / 2 if name.endswith(".weight") else u / 5
        return rule.astype(np.float32).astype(np.float64).reshape(shape)

    def convolution(self, name, x, outputs, kernel, stride):
        weight, pad = self.tensor(f"{name}.weight", outputs, x.shape[1], kernel, kernel), kernel // 2
        windows = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad))), (kernel, kernel), axis=(2, 3))
        return np.einsum("nchwij,ocij->nohw", windows[:, :, ::stride, ::stride], weight, optimize=True)

    def normalization(self, name, x):
        part = {key: self.tensor(f"{name}.{key}", x.shape[1])[:, None, None] for key in ("weight", "bias", "running_mean", "running_var")}
        self.shapes[f"{name}.num_batches_tracked"] = ()
        return (x - part["running_mean"]) / np.sqrt(part["running_var"] + 1e-5) * part["weight"] + part["bias"]

    def block(self, name, x, planes, stride):
        y = np.maximum(self.normalization(f"{name}.bn1", self.convolution(f"{name}.conv1", x, planes, 3, stride)), 0)
        y = self.normalization(f"{name}.bn2", self.convolution(f"{name}.conv2", y, planes, 3, 1))
        if stride != 1 or x.shape[1] != planes:
            if self.convolutions:
                x = self.normalization(f"{name}.downsample.1", self.convolution(f"{name}.downsample.0", x, planes, 1, stride))
            else:
                x = np.pad(x[:, :, ::2, ::2], ((0, 0), (planes // 4, planes // 4), (0, 0), (0, 0)))
        return np.maximum(x + y, 0)

    def logits(self, x):
        x = np.maximum(self.normalization("bn1", self.convolution("conv1", x, 16, 3, 1)), 0)
        for stage, planes in enumerate((16, 32, 64)):
            for block in range(self.blocks):
                x = self.block(f"layer{stage + 1}.{block}", x, planes, 2 if stage > 0 and block == 0 else 1)
        return x.mean((2, 3)) @ self.tensor("fc.weight", self.classes, 64).T + self.tensor("fc.bias", self.classes)


def entry(depth, convolutions=False, batch=2, side=32, classes=100):
    network = Network(depth, classes, convolutions)
    logits = network.logits(values(batch * 3 * side * side, 12345).astype(np.float32).astype(np.float64).reshape(batch, 3, side, side))
    names = "\n".join(f"{name} [{', '.join(map(str, shape))}]" for name, shape in sorted(network.shapes.items()))
    learned = [shape for name, shape in network.shapes.items() if not name.endswith(("running_mean", "running_var", "tracked"))]
    return {"parameters": int(sum(np.prod(shape) for shape in learned)), "classes": classes, "entries": len(network.shapes),
            "names": hashlib.sha256(names.encode()).hexdigest(),
            "answers": [{"height": side, "width": side, "batch": batch, "logits": [float(f"{x:.6g}") for x in logits[:, :4].ravel()],
                         "std": float(f"{logits.std(ddof=1):.6g}"), "max": float(f"{abs(logits).max():.6g}")}]}


if __name__ == "__main__":
    if "--check" in sys.argv:
        print(json.dumps(entry(20, convolutions=True)))
    else:
        print(",\n".join(f'    "resnet{depth}_a": {json.dumps(entry(depth))}' for depth in (20, 32, 44, 56, 110)))
