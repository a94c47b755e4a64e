"""Writes the safetensors files beside it: by Python's safetensors, and one by hand as Tidemill should write it.

    python3 generate.py

`python.safetensors` is what the package makes of the tensors below. `tidemill.safetensors` has the same tensors in
the order, the header and the padding of this library, and is read back by the package here before it is kept.
`bfloat16.safetensors` has floats, and what PyTorch makes bfloat16 of them. The
`refused-` files have types that this library does not have. Made with safetensors 0.8.0, NumPy 2.4.6, PyTorch 2.15.0.
"""
import json
import pathlib
import struct

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
import torch

FOLDER = pathlib.Path(__file__).parent
METADATA = {"epoch": "3", "größe \"µ\"": "line\nnext\ttab \\ 🌊", "": "empty name", "nothing": ""}
TENSORS = {
    "layer.0/weight": np.array([[1.5, -0.0, np.nan], [np.inf, -np.inf, 1e-45]], "<f4"),
    "重み 🌊": np.array([np.pi, 5e-324, -np.finfo("f8").max], "<f8"),
    "größe \"quoted\" \\": np.array([[-(2**31)], [2**31 - 1]], "<i4"),
    "line\nbreak": np.array([-(2**63), 2**63 - 1, 0], "<i8"),
    "truths": np.array([True, False, True]),
    "scalar": np.array(42.25, "<f4"),
    "empty": np.zeros((0, 3), "<f8"),
    "empty too": np.zeros((2, 0), "?"),
    "": np.array([7], "<i4"),
}
NAMES = {"f4": "F32", "f8": "F64", "i4": "I32", "i8": "I64", "b1": "BOOL"}


def compact(value):
    """JSON with all control characters as numbers."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\\n", "\\u000a").replace("\\t", "\\u0009")


def by_hand():
    members, offset = [f'"__metadata__":{compact(dict(sorted(METADATA.items())))}'], 0
    for name, array in TENSORS.items():
        entry = {
            "dtype": NAMES[array.dtype.str[1:]], "shape": array.shape, "data_offsets": [offset, offset + array.nbytes]}
        members.append(f"{compact(name)}:{compact(entry)}")
        offset += array.nbytes
    header = ("{" + ",".join(members) + "}").encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + b"".join(a.tobytes() for a in TENSORS.values())


def check(path):
    with safetensors.safe_open(path, "np") as file:
        assert file.metadata() == METADATA
        assert set(file.keys()) == set(TENSORS)
        for name, array in TENSORS.items():
            found = file.get_tensor(name)
            assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes()), name


safetensors.numpy.save_file(TENSORS, FOLDER / "python.safetensors", METADATA)
(FOLDER / "tidemill.safetensors").write_bytes(by_hand())
check(FOLDER / "python.safetensors")
check(FOLDER / "tidemill.safetensors")

numbers = torch.arange(6).reshape(2, 3)
for name, dtype in {
    "float16": torch.float16, "float8": torch.float8_e4m3fn, "uint8": torch.uint8,
    "int16": torch.int16,
}.items():
    safetensors.torch.save_file({"w": numbers.to(dtype)}, FOLDER / f"refused-{name}.safetensors")

draw = np.random.default_rng(1)
upper = draw.integers(0, 1 << 16, 4000, np.uint32) << 16
lower = draw.choice(np.array([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x1234], np.uint32), 4000)
floats = torch.from_numpy((upper | lower).view(np.float32).reshape(40, 100))
safetensors.torch.save_file({"float32": floats, "bfloat16": floats.bfloat16()}, FOLDER / "bfloat16.safetensors")
