"""Writes the mentor files of these tests. Debian 12: apt install python3-torch python3-onnx, then /usr/bin/python3 make_fixtures.py"""
import os

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
os.chdir(here)
torch.manual_seed(7)

# One network as TorchScript, frozen TorchScript and ONNX, with statistics of its own.
net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5))
with torch.no_grad():
    for _ in range(3):
        net(torch.randn(16, 3, 8, 8) * 2 + 1)
    net[5].weight.mul_(4)
net.eval()
scripted = torch.jit.script(net)
scripted.save("net.pt")
torch.jit.freeze(scripted).save("net-frozen.pt")
torch.onnx.export(
    net, torch.randn(2, 3, 8, 8), "net.onnx", input_names=["x"], output_names=["logits"],
    dynamic_axes={"x": {0: "batch"}, "logits": {0: "batch"}}, opset_version=13)
torch.save(net.state_dict(), "weights-alone.pt")


def write(name, nodes, inputs, outputs, weights=()):
    graph = helper.make_graph(nodes, "g", inputs, outputs, list(weights))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="ClassroomKD.Tests")
    model.ir_version = 8
    onnx.save(model, name)


def tensor(name, type, *shape):
    return helper.make_tensor_value_info(name, type, shape)


# y = x W, W[i, j] = i + j / 10: known by heart in the tests.
matrix = np.array([[i + j / 10 for j in range(3)] for i in range(4)])
gemm = [helper.make_node("MatMul", ["x", "W"], ["y"])]
F, H = TensorProto.FLOAT, TensorProto.FLOAT16
w32 = numpy_helper.from_array(matrix.astype(np.float32), "W")
w16 = numpy_helper.from_array(matrix.astype(np.float16), "W")
write("half.onnx", gemm, [tensor("x", H, "n", 4)], [tensor("y", H, "n", 3)], [w16])
write("fixed-batch.onnx", gemm, [tensor("x", F, 2, 4)], [tensor("y", F, 2, 3)], [w32])
write("untold.onnx", gemm, [tensor("x", F, "n", 4)], [tensor("y", F, "m", "k")], [w32])
# An output whose shape nobody can tell beforehand and the file does not, and one declared for a batch of one as some exporters do.
whole = numpy_helper.from_array(np.array([True, True]), "whole")
write("undeclared.onnx", [helper.make_node("MatMul", ["x", "W"], ["z"]), helper.make_node("Shape", ["z"], ["s"]),
      helper.make_node("Compress", ["s", "whole"], ["t"]), helper.make_node("Reshape", ["z", "t"], ["y"])],
      [tensor("x", F, "n", 4)], [helper.make_tensor_value_info("y", F, None)], [w32, whole])
write("declared-for-one.onnx", gemm, [tensor("x", F, "n", 4)], [tensor("y", F, 1, 3)], [w32])
write("lying.onnx", gemm + [helper.make_node("Concat", ["y", "y"], ["z"], axis=0)], [tensor("x", F, "n", 4)], [tensor("z", F, "n", 3)], [w32])
write("two-outputs.onnx", gemm + [helper.make_node("Neg", ["y"], ["minus"])],
      [tensor("x", F, "n", 4)], [tensor("y", F, "n", 3), tensor("minus", F, "n", 3)], [w32])
write("two-inputs.onnx", [helper.make_node("Add", ["a", "b"], ["y"])], [tensor("a", F, "n", 3), tensor("b", F, "n", 3)], [tensor("y", F, "n", 3)])
write("text.onnx", [helper.make_node("Identity", ["t"], ["u"])], [tensor("t", TensorProto.STRING, "n")], [tensor("u", TensorProto.STRING, "n")])
write("custom-operation.onnx", [helper.make_node("Anything", ["x"], ["y"], domain="elsewhere")], [tensor("x", F, "n", 4)], [tensor("y", F, "n", 3)])

# Weights in another file: one beside the model, one that must not be read.
for name, location in (("external.onnx", "external.bin"), ("outside.onnx", "../outside.bin"), ("absolute.onnx", "/etc/passwd")):
    outer = TensorProto(name="W", data_type=F, dims=[4, 3], data_location=TensorProto.EXTERNAL)
    outer.external_data.add(key="location", value=location)
    write(name, gemm, [tensor("x", F, "n", 4)], [tensor("y", F, "n", 3)], [outer])
matrix.astype(np.float32).tofile("external.bin")

# What other programs fix: the batch, channels last, the type of the input.
write("fixed-one.onnx", gemm, [tensor("x", F, 1, 4)], [tensor("y", F, 1, 3)], [w32])
write("fixed-seven.onnx", gemm, [tensor("x", F, 7, 4)], [tensor("y", F, "m", "k")], [w32])
write("squeezed.onnx", gemm + [helper.make_node("Squeeze", ["y"], ["z"])], [tensor("x", F, 1, 4)], [tensor("z", F, 3)], [w32])
pooled = [helper.make_node("ReduceMean", ["images"], ["x"], axes=[1, 2], keepdims=0)] + gemm
write("channels-last.onnx", pooled, [tensor("images", F, "n", 5, 6, 4)], [tensor("y", F, "n", 3)], [w32])
write("channels-last-fixed.onnx", pooled, [tensor("images", F, 2, 5, 6, 4)], [tensor("y", F, 2, 3)], [w32])
for name, type in (("uint8", TensorProto.UINT8), ("int8", TensorProto.INT8), ("int16", TensorProto.INT16), ("int32", TensorProto.INT32),
                   ("int64", TensorProto.INT64), ("float64", TensorProto.DOUBLE), ("bool", TensorProto.BOOL)):
    write(f"{name}.onnx", [helper.make_node("Cast", ["in"], ["x"], to=F)] + gemm, [tensor("in", type, "n", 4)], [tensor("y", F, "n", 3)], [w32])
write("float64-throughout.onnx", gemm, [tensor("x", TensorProto.DOUBLE, "n", 4)], [tensor("y", TensorProto.DOUBLE, "n", 3)],
      [numpy_helper.from_array(matrix, "W")])
write("uint8-image.onnx", [helper.make_node("Cast", ["in"], ["images"], to=F), helper.make_node("ReduceMean", ["images"], ["x"], axes=[2, 3], keepdims=0)]
      + gemm, [tensor("in", TensorProto.UINT8, "n", 4, "h", "w")], [tensor("y", F, "n", 3)], [w32])
