"""Writes the NPY files beside it by NumPy.

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

write("refused-big-endian", numbers.astype(">f4"))
write("refused-half", numbers.astype("<f2"))
write("refused-bytes", COUNT.astype("u1"))
write("refused-records", np.zeros(2, [("x", "<f4"), ("y", "<i4")]))
write("refused-objects", np.array([None, {}], object))
