"""Writes net.pt2 and not-compiled.pt2, the network of net.pt as torch.export records it.

Debian 13: apt install python3-torch libtorch-dev python3-setuptools g++, then CPATH=/usr/include/torch/csrc/api/include python3 make_program.py.
The machine code in net.pt2 was built from the sources that this leaves in build/ on Debian 12 (g++ 12, -Os -s, linked to libtorch_cpu.so of
libtorch 2.10), so that it loads on older systems and wherever libtorch is; the weights are those of the library that was built first.
"""
import os
import zipfile

import torch
from torch import nn
from torch._inductor import aoti_compile_and_package

os.chdir(os.path.dirname(os.path.abspath(__file__)))
os.environ["TORCHINDUCTOR_CACHE_DIR"] = os.path.abspath("build")
net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5))
net.load_state_dict(torch.jit.load("net.pt").state_dict())
net.eval()
batch = torch.export.Dim("batch", min=1, max=1024)
program = torch.export.export(net, (torch.randn(2, 3, 8, 8),), dynamic_shapes=({0: batch},))
torch.export.save(program, "not-compiled.pt2")
aoti_compile_and_package(program, package_path=os.path.abspath("net.pt2"))
print(zipfile.ZipFile("net.pt2").namelist())
