"""The other side of InterchangeTests: reads and writes tensor files with Python's safetensors and NumPy.

    python3 interchange.py describe FILE...     # .safetensors or .npy
    python3 interchange.py write FOLDER SEED    # and describe what was written

A description is a line for each tensor and for each text of the metadata, sorted: the name and the text as the
hexadecimal digits of their UTF-8, the type, the extents, and the elements as hexadecimal digits.
"""
import pathlib
import sys

import numpy as np
import safetensors
import safetensors.numpy


def line(name, array):
    extents = ",".join(map(str, array.shape))
    return f"tensor {name.encode().hex()} {array.dtype} {extents} {np.ascontiguousarray(array).tobytes().hex()}"


def describe(path):
    if path.endswith(".npy"):
        print(line("", np.load(path, allow_pickle=False)))
        return
    lines = [line(name, array) for name, array in safetensors.numpy.load_file(path).items()]
    with safetensors.safe_open(path, "np") as file:
        for name, text in (file.metadata() or {}).items():
            lines.append(f"text {name.encode().hex()} {text.encode().hex()}")
    print(*sorted(lines), sep="\n")


def write(folder, seed):
    draw = np.random.default_rng(seed)
    kinds = [np.float32, np.float64, np.int32, np.int64, np.bool_]
    tensors = {}
    for kind in kinds:
        for shape in [(), (0, 3), (1,), (3, 5), (2, 3, 4, 5)]:
            size = int(np.prod(shape)) * np.dtype(kind).itemsize
            array = draw.integers(0, 256, size, np.uint8).view(kind) if kind != np.bool_ else draw.random(shape) < 0.5
            tensors[f"{np.dtype(kind)} {shape} größe 重み"] = np.asarray(array).reshape(shape)
    safetensors.numpy.save_file(tensors, folder / "python.safetensors", {"größe": "重み\n", "empty": ""})
    describe(str(folder / "python.safetensors"))


if sys.argv[1] == "describe":
    for path in sys.argv[2:]:
        describe(path)
else:
    write(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
