"""Writes the files beside it with Python's PyTorch, and expected.json: for each file the type, shape and values of every tensor.

    python3 make_fixtures.py            all fixtures (made with PyTorch 1.13)
    python3 make_fixtures.py SEED DIR   one random checkpoint, DIR/random.pth and DIR/random-legacy.pth, and its expected.json
"""
import argparse
import io
import json
import pathlib
import random
import sys
import zipfile
from collections import OrderedDict

import numpy
import torch
from torch import nn


def described(tensors):
    return {name: {"dtype": str(t.dtype).removeprefix("torch."), "shape": list(t.shape), "values": t.detach().double().flatten().tolist()}
            for name, t in tensors.items()}


def layouts():
    """A tensor of every type and layout that a state dict may hold."""
    base = torch.arange(12, dtype=torch.float32) / 4
    state = OrderedDict()
    for dtype in ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8"):
        state[dtype] = torch.tensor([[1, 2, 3], [4, 5, 100]]).to(getattr(torch, dtype))
    state["bool"] = torch.tensor([True, False, True])
    state["fractions.half"] = torch.tensor([0.1, -2.5, 6e-8, 65504.0]).half()
    state["fractions.bfloat16"] = torch.tensor([0.1, -2.5, 1e-38, 3e38]).bfloat16()
    state["special"] = torch.tensor([-0.0, 1e-45, 3.4e38])
    state["scalar"] = torch.tensor(7.5)
    state["counter"] = torch.tensor(42)
    state["empty"] = torch.empty(0, 3)
    state["parameter"] = nn.Parameter(torch.tensor([1.5, 2.5]))
    state["shared.whole"] = base
    state["shared.again"] = base
    state["shared.slice"] = base[4:8]
    state["shared.matrix"] = base.view(3, 4)
    state["transposed"] = base.view(3, 4).t()
    state["column"] = base.view(3, 4)[:, 1]
    state["every.second"] = base[::2]
    state["expanded"] = torch.tensor([[1.0], [2.0]]).expand(2, 3)
    state["channels.last"] = torch.arange(24.0).view(1, 2, 3, 4).contiguous(memory_format=torch.channels_last)
    return state


def checkpoint(half=False):
    """What training scripts of the field write: a network in DataParallel, its optimizer, its schedule and its accuracy."""
    torch.manual_seed(1)
    net = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 3, bias=False), bn=nn.BatchNorm2d(2), fc=nn.Linear(2, 3)))
    model = nn.DataParallel(net)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [150, 180, 210])
    x = net.bn(net.conv(torch.randn(4, 1, 5, 5))).mean((2, 3))
    net.fc(x).sum().backward()
    optimizer.step()
    if half:
        model.half()
    return model.state_dict(), {
        "epoch": 240, "model": model.state_dict(), "accuracy": torch.tensor([72.34]), "best_acc": numpy.float64(73.5), "arch": "tiny",
        "finished": True, "size": torch.Size([1, 5, 5]), "dtype": torch.float32, "device": torch.device("cpu"), "nothing": None,
        "optimizer": optimizer.state_dict(), "scheduler": schedule.state_dict(), "history": [0.5, (1, 2.5)],
    }


def repack(source, target, change=None, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            data = old.read(name)
            name, data = change(name, data) if change else (name, data)
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, compression)
        if change:
            new.writestr(zipfile.ZipInfo("big/byteorder", (1980, 1, 1, 0, 0, 0)), b"big")


def swapped(name, data):
    if "/data/" in name:
        data = numpy.frombuffer(data, "<f4").astype(">f4").tobytes()
    return name.replace(name.split("/")[0], "big", 1), data


def make_all(folder):
    expected = {}

    def save(name, content, tensors, **options):
        torch.save(content, folder / name, **options)
        expected[name] = described(tensors)

    state = layouts()
    save("layouts.pth", state, state)
    save("layouts-legacy.pth", state, state, _use_new_zipfile_serialization=False)
    save("layouts-protocol4.pth", state, state, pickle_protocol=4)
    few = OrderedDict((name, state[name]) for name in ("float16", "shared.slice", "transposed", "scalar", "empty"))
    save("few-protocol5-legacy.pth", few, few, pickle_protocol=5, _use_new_zipfile_serialization=False)
    weights, whole = checkpoint()
    save("checkpoint.pth", whole, weights)
    save("checkpoint-legacy.pth", whole, weights, _use_new_zipfile_serialization=False)
    weights, _ = checkpoint(half=True)
    save("half.pth", {"net": weights}, weights)
    save("ema.pth", {"model": {"w": torch.ones(2)}, "ema": {"w": torch.zeros(2)}}, {"w": torch.zeros(2)})
    save("nested.pth", {"nets": {"teacher": {"state_dict": {"w": torch.ones(2)}}, "student": {"w": torch.zeros(1)}}}, {"w": torch.ones(2)})

    repack(folder / "layouts.pth", folder / "layouts-compressed.pth", compression=zipfile.ZIP_DEFLATED)
    expected["layouts-compressed.pth"] = expected["layouts.pth"]
    plain = {"a": torch.tensor([1.0, -2.5, 3e-5]), "b": torch.tensor([[0.1]])}
    buffer = io.BytesIO()
    torch.save(plain, buffer)
    repack(buffer, folder / "big-endian.pth", swapped)
    expected["big-endian.pth"] = described(plain)

    namespace = {"w": torch.ones(1)}
    save("namespace.pth", {"opt": argparse.Namespace(lr=0.1), "model": namespace}, namespace)

    # What must be refused.
    torch.save(nn.Linear(1, 1), folder / "refused-module.pth")
    torch.save({"w": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)}, folder / "refused-quantized.pth")
    torch.save({"w": torch.ones(2).to_sparse()}, folder / "refused-sparse.pth")
    torch.save({"w": torch.ones(2, dtype=torch.complex64)}, folder / "refused-complex.pth")
    torch.jit.script(nn.Linear(1, 1)).save(folder / "refused-script.pth")
    (folder / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


def make_random(seed, folder):
    chance = random.Random(seed)
    torch.manual_seed(seed)

    def tensor():
        shape = [chance.randint(0 if chance.random() < 0.1 else 1, 4) for _ in range(chance.randint(0, 4))]
        t = torch.randn(shape) * 10
        t = t.to(chance.choice([torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8]))
        for _ in range(chance.randint(0, 2)):
            if t.dim() > 0:
                d = chance.randrange(t.dim())
                t = chance.choice([lambda: t.transpose(0, d), lambda: t.narrow(d, 0, (t.shape[d] + 1) // 2), lambda: t[..., :: 2],
                                   lambda: t.unsqueeze(d).expand(*t.shape[:d], 3, *t.shape[d:]), lambda: t.flip(d)])()
        return nn.Parameter(t) if t.is_floating_point() and chance.random() < 0.3 else t

    def plain(depth):
        kinds = [lambda: chance.randint(-2**70, 2**70), lambda: chance.random(), lambda: "text \u00e4" * chance.randint(0, 90), lambda: None, lambda: chance.random() < 0.5,
                 lambda: tensor(), lambda: numpy.float32(chance.random()), lambda: numpy.int64(chance.randint(0, 9))]
        if depth > 0:
            kinds += 2 * [lambda: [plain(depth - 1) for _ in range(chance.randint(0, 4))], lambda: tuple(plain(depth - 1) for _ in range(chance.randint(0, 5))),
                          lambda: {f"k{i}": plain(depth - 1) for i in range(chance.randint(0, 4))}]
        return chance.choice(kinds)()

    state = OrderedDict((f"layer{i}.{chance.choice(['weight', 'bias'])}", tensor()) for i in range(chance.randint(1, 300)))
    for name in list(state)[::5]:
        state[name + ".tied"] = state[chance.choice(list(state))]
    whole = {f"beside{i}": plain(3) for i in range(10)}
    whole["state_dict"] = state
    torch.save(whole, folder / "random.pth")
    torch.save(whole, folder / "random-legacy.pth", _use_new_zipfile_serialization=False, pickle_protocol=chance.choice([2, 3, 4, 5]))
    (folder / "expected.json").write_text(json.dumps({"random.pth": described(state), "random-legacy.pth": described(state)}))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        make_random(int(sys.argv[1]), pathlib.Path(sys.argv[2]))
    else:
        make_all(pathlib.Path(__file__).parent)
