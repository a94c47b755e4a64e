"""Writes the NPY and NPZ files beside it by NumPy.

    python3 generate.py

Element i of 24, in row-major order, is i / 2 - 3 as f4, i / 3 as f8, (i - 12) * 10**8 as i4, (i - 12) * 10**17 as i8,
and i % 3 == 0 as b1. Made with NumPy 2.4.6.
"""
import pathlib
import warnings

import numpy as np

FOLDER = pathlib.Path(__file__).parent
COUNT = np.arange(24)
NUMBERS = {
    "float32": (COUNT / 2 - 3).astype("<f4"),
    "float64": (COUNT / 3).astype("<f8"),
    "int32": ((COUNT - 12) * 10**8).astype("<i4"),
    "int64": (COUNT.astype("<i8") - 12) * 10**17,
    "bool": COUNT % 3 == 0,
}


def write(name, array, version=(1, 0)):
    with open(FOLDER / f"{name}.npy", "wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions that old readers do not know
        np.lib.format.write_array(file, array, version=version)


for name, numbers in NUMBERS.items():
    array = numbers.reshape(2, 3, 4)
    write(f"{name}-c", array)
    write(f"{name}-fortran", np.asfortranarray(array))

numbers = NUMBERS["float32"]
write("float32-2.0", numbers.reshape(4, 6), (2, 0))
write("float32-3.0", np.asfortranarray(numbers.reshape(4, 6)), (3, 0))
write("scalar", numbers[5].reshape(()))
write("vector", numbers)
write("empty", numbers[:0].reshape(0, 3))
write("eight-axes", numbers.reshape(1, 2, 1, 3, 1, 2, 2, 1))
write("special", np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45], "<f4"))

# Read as wider types: the smallest and largest numbers of each.
for name, descr in {"uint8": "u1", "int8": "i1", "uint16": "<u2", "int16": "<i2", "uint32": "<u4"}.items():
    limits = np.iinfo(descr)
    write(f"wider-{name}", np.array([[limits.min, 1, 2], [3, 4, limits.max]], descr, order="F"))
write("wider-float16", np.array([-0.5, 65504, 6e-8, np.inf, np.nan], "<f2"))

write("refused-big-endian", numbers.astype(">f4"))
write("refused-complex", numbers.astype("<c8"))
write("refused-uint64", COUNT.astype("<u8"))
write("refused-records", np.zeros(2, [("x", "<f4"), ("y", "<i4")]))
write("refused-objects", np.array([None, {}], object))

arrays = {
    "x": (np.arange(600) / 7).astype("<f4").reshape(20, 30),
    "u": np.array([0, 127, 255], "u1"),
    "s": np.array(0.1),
    "empty": np.zeros((0, 2)),
}
np.savez(FOLDER / "stored.npz", **arrays)
np.savez_compressed(FOLDER / "deflated.npz", **arrays)
np.savez(FOLDER / "refused-pickle.npz", objects=np.array([None, {}], object))

# A data set in the layout of Keras' mnist.npz.
(FOLDER / "datasets").mkdir(exist_ok=True)
np.savez_compressed(
    FOLDER / "datasets" / "keras.npz",
    x_train=(np.arange(24) * 10).astype("u1").reshape(4, 2, 3),
    y_train=np.array([0, 2, 1, 2], "u1"),
    x_test=np.zeros((2, 2, 3), "u1"),
    y_test=np.array([2, 0], "u1"),
)
