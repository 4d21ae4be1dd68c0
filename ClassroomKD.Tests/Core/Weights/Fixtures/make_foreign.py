"""Writes Foreign/: checkpoints with objects beside the weights that the weights do not need, in every protocol and both layouts.

    python3 make_foreign.py

Python's standard library is enough: classes with torch's and numpy's names stand for theirs, and pickle as theirs do.
"""
import argparse
import collections
import copyreg
import datetime
import decimal
import enum
import fractions
import functools
import io
import pathlib
import pickle
import struct
import sys
import types
import uuid
import zipfile

WEIGHT, BIAS = [0.5, -1.0, 2.0, 0.25, 3.0, -4.0, 8.0, 0.125], [1.5, -2.5]


def module(name, **members):
    made = sys.modules.setdefault(name, types.ModuleType(name))
    for key, member in members.items():
        member.__module__, member.__qualname__, member.__name__ = name, key, key
        setattr(made, key, member)
    return made


def function():
    def called(*_, **__):
        raise RuntimeError("this file is only written here")
    return called


torch = module("torch", FloatStorage=type("FloatStorage", (), {}), ComplexFloatStorage=type("ComplexFloatStorage", (), {}),
               UntypedStorage=type("UntypedStorage", (), {}), Size=type("Size", (tuple,), {}), float8_e4m3fn=function())
utils = module("torch._utils", _rebuild_tensor_v2=function(), _rebuild_parameter=function(), _rebuild_tensor_v3=function())
subclass = module("torch._tensor", _rebuild_from_type_v2=function())
numpy = module("numpy", ndarray=type("ndarray", (), {}), dtype=type("dtype", (), {}))
multiarray = module("numpy.core.multiarray", _reconstruct=function(), scalar=function())


class Reduced:
    """Pickles as a call of a function, perhaps with a state."""

    def __init__(self, called, *arguments, state=None):
        self.reduced = (called, arguments) if state is None else (called, arguments, state)

    def __reduce__(self):
        return self.reduced


class Storage:
    def __init__(self, values, storage_type=torch.FloatStorage, code="f"):
        self.values, self.type, self.code = values, storage_type, code

    def bytes(self):
        return struct.pack(f"<{len(self.values)}{self.code}", *self.values)


class Persistent:
    def __init__(self, storage, count=None):
        self.storage, self.count = storage, len(storage.values) if count is None else count


def tensor(values, *shape, storage=None, rebuild=utils._rebuild_tensor_v2, count=None, **more):
    strides, step = [], 1
    for extent in reversed(shape):
        strides.insert(0, step)
        step *= extent
    return Reduced(rebuild, Persistent(storage or Storage(values), count), 0, tuple(shape), tuple(strides), False,
                   collections.OrderedDict(), *more.values())


class Level(enum.Enum):
    HIGH = 1


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a, self.b = 1, tensor([9.0], 1)


class ByName(tuple):
    def __new__(cls, *items, name=None):
        return super().__new__(cls, items)

    def __getnewargs_ex__(self):
        return tuple(self), {"name": "x"}


class Settings(dict):
    pass


class Items(list):
    pass


class Word(str):
    pass


class Filled:
    """Every part of what __reduce__ may give."""

    def __reduce__(self):
        return Filled, (), {"state": 1}, iter([1, 2]), iter([("key", "value")])

    def method(self):
        pass


class Registered:
    pass


class Wide:
    pass


class Widest:
    pass


for made, code in ((Registered, 0xF0), (Wide, 0xF000), (Widest, 0x10F000)):
    copyreg.add_extension("__main__", made.__name__, code)


def dtype(code, order="<"):
    return Reduced(numpy.dtype, code, False, True, state=(3, order, None, None, None, -1, -1, 0))


def array(code, content):
    return Reduced(multiarray._reconstruct, numpy.ndarray, (0,), b"b", state=(1, (1,), dtype(code), False, content))


def beside(protocol):
    filled, settings, circle = Filled(), Settings(lr=0.1), []
    settings.note = "attribute"
    circle.append(circle)
    loop = argparse.Namespace()
    loop.self = loop
    content = {
        "args": argparse.Namespace(lr=0.1, nested=argparse.Namespace(arch="resnet56"), path=pathlib.PurePosixPath("/data")),
        "loop": loop, "circle": circle, "level": Level.HIGH, "slotted": Slotted() if protocol > 1 else None, "by_name": ByName(1, 2),
        "settings": settings, "items": Items([1, 2]), "word": Word("x"), "filled": filled, "method": filled.method,
        "class": argparse.ArgumentParser, "function": len, "partial": functools.partial(int, base=2),
        "time": datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc), "delta": datetime.timedelta(1), "exact": decimal.Decimal("0.1"),
        "third": fractions.Fraction(1, 3), "id": uuid.UUID(int=7), "set": {1, "two"}, "frozen": frozenset({3}), "none": set(),
        "bytearray": bytearray(b"\x00\xff"), "bytes": b"\x00\xfe", "ordered": collections.OrderedDict(a=1),
        "default": collections.defaultdict(list, a=[1]), "queue": collections.deque([1, 2], maxlen=4), "counts": collections.Counter("aab"),
        "range": range(3), "slice": slice(1, 2), "complex": 1 + 2j, "error": ValueError("x"), "ellipsis": ..., "type": type(None),
        "long": 2 ** 70, "longer": -2 ** 1000, "longest": 2 ** 3000, "nan": float("nan"), "infinite": float("-inf"), "half": "\ud800",
        "array": array("f8", b"\x00" * 8), "objects": array("O8", [None]), "time64": Reduced(multiarray.scalar, dtype("M8"), b"\x00" * 8),
        "text64": Reduced(multiarray.scalar, dtype("U3"), b"\x00" * 12), "wide": Reduced(multiarray.scalar, dtype("f16"), b"\x00" * 16),
        "best": Reduced(multiarray.scalar, dtype("f8"), struct.pack("<d", 91.5)), "registered": [Registered(), Wide(), Widest()],
        "spectrum": tensor([1.0, 2.0, 3.0, 4.0], 2, storage=Storage([1.0, 2.0, 3.0, 4.0], torch.ComplexFloatStorage), count=2),
        "float8": tensor([56], 1, storage=Storage([56], torch.UntypedStorage, "B"), rebuild=utils._rebuild_tensor_v3,
                         dtype=torch.float8_e4m3fn, metadata={}),
        "class_within": {"deep": [({"deeper": (argparse.Namespace(x=tensor([7.0], 1)),)},)]},
        argparse.Namespace(key=1).__class__: "a class as key", 7: "a number as key", ("a", 1): "a tuple as key",
    }
    return content


def write(path, root, protocol, legacy):
    keys = {}

    class Pickler(pickle._Pickler):
        def persistent_id(self, found):
            if not isinstance(found, Persistent):
                return None
            key = str(keys.setdefault(id(found.storage), (len(keys), found))[0])
            pid = ("storage", found.storage.type, key, "cuda:0", found.count)
            return pid + (None,) if legacy else pid

    def pickled(content):
        out = io.BytesIO()
        Pickler(out, protocol).dump(content)
        return out.getvalue()

    body = pickled(root)
    found = [entry for _, entry in sorted(keys.values(), key=lambda entry: entry[0])]
    if legacy:
        parts = [pickled(0x1950a86a20f9469cfc6c), pickled(1001), pickled({"little_endian": True}), body,
                 pickled([str(i) for i in range(len(found))])]
        parts += [struct.pack("<q", entry.count) + entry.storage.bytes() for entry in found]
        path.write_bytes(b"".join(parts))
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        files = [("data.pkl", body), ("byteorder", b"little")] + [(f"data/{i}", entry.storage.bytes()) for i, entry in enumerate(found)]
        for name, content in files + [("version", b"3\n")]:
            archive.writestr(zipfile.ZipInfo(f"archive/{name}", (1980, 1, 1, 0, 0, 0)), content)


def state():
    return collections.OrderedDict(
        weight=Reduced(subclass._rebuild_from_type_v2, utils._rebuild_tensor_v2, argparse.Namespace, tensor(WEIGHT, 2, 4).reduced[1], {"a": 1}),
        bias=Reduced(utils._rebuild_parameter, tensor(BIAS, 2), True, collections.OrderedDict()))


if __name__ == "__main__":
    folder = pathlib.Path(__file__).parent / "Foreign"
    folder.mkdir(exist_ok=True)
    for protocol in range(1, 6):
        for legacy in (False, True):
            root = {**beside(protocol), "state_dict": state(), "behind": argparse.Namespace()}
            write(folder / f"protocol{protocol}{'-legacy' if legacy else ''}.pth", root, protocol, legacy)
    within = state()
    within["config"], within["extra"] = argparse.Namespace(a=1), {"a": tensor([1.0], 1)}
    within["spectrum"] = beside(2)["spectrum"]
    write(folder / "within.pth", within, 2, False)
    write(folder / "default.pth", {"net": collections.defaultdict(list, state())}, 2, False)
    write(folder / "refused-module.pth", {"model": Reduced(argparse.Namespace, state={"weights": state()})}, 2, False)
