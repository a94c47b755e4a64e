"""Writes the pictures beside this file, with Pillow where it can, else byte by byte after the PNG
specification with zlib, and goldens.json: red, green, blue and alpha of each pixel, from 0 to 65535,
as NumPy and Pillow have them.

Needs NumPy and Pillow. Run in this folder: python3 generate.py
"""

import json
import struct
import zlib

import numpy as np
from PIL import Image

random = np.random.default_rng(7)
goldens = []


def note(file, rgba):
    """rgba: [height, width, 4] of integers from 0 to 65535."""
    height, width, _ = rgba.shape
    goldens.append(
        {"file": file, "width": width, "height": height, "rgba": [int(x) for x in rgba.ravel()]}
    )


def rgba_of(array, maximum):
    """[h, w], [h, w, 1...4] of grey, grey and alpha, RGB, RGBA."""
    array = np.asarray(array, np.int64)
    array = array[..., None] if array.ndim == 2 else array
    full = np.full(array.shape[:2] + (1,), maximum)
    channels = array.shape[2]
    color = array[..., :1].repeat(3, 2) if channels < 3 else array[..., :3]
    alpha = array[..., -1:] if channels % 2 == 0 else full
    # Exact for 1 to 8 and 16 bits: 65535 is a multiple of all their largest values.
    return np.concatenate([color, alpha], 2) * 65535 // maximum


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def packed_rows(array, depth):
    """Rows of [h, w, c], each after the byte of filter 0, with `depth` bits for each number."""
    rows = b""
    for row in array.reshape(array.shape[0], -1):
        if depth == 16:
            data = row.astype(">u2").tobytes()
        else:
            bits = "".join(format(int(x), f"0{depth}b") for x in row)
            bits += "0" * (-len(bits) % 8)
            data = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        rows += b"\0" + data
    return rows


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(file, array, depth, color, interlaced=False, extra=b""):
    array = np.asarray(array)
    array = array[..., None] if array.ndim == 2 else array
    height, width, _ = array.shape
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    data = b""
    for x, y, dx, dy in passes:
        part = array[y::dy, x::dx]
        if part.size:
            data += packed_rows(part, depth)
    with open(file, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n")
        f.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced)))
        f.write(extra)
        f.write(chunk(b"IDAT", zlib.compress(data, 9)))
        f.write(chunk(b"IEND", b""))


def agrees(file, rgba):
    """Pillow reads 8 bits of it the same, where it keeps 8."""
    image = Image.open(file)
    if image.mode in ("1", "L", "P", "RGB", "RGBA", "LA"):
        assert np.array_equal(np.asarray(image.convert("RGBA")), rgba // 257), file


shape = (5, 7)
for interlaced in (False, True):
    end = "-interlaced.png" if interlaced else ".png"
    for depth in (1, 2, 4, 8, 16):
        array = random.integers(0, 1 << depth, shape)
        png(f"grey{depth}{end}", array, depth, 0, interlaced)
        note(f"grey{depth}{end}", rgba_of(array, (1 << depth) - 1))
        if depth < 16:
            agrees(f"grey{depth}{end}", rgba_of(array, (1 << depth) - 1))
    for name, depth, color, channels in (
        ("rgb16", 16, 2, 3),
        ("grey-alpha8", 8, 4, 2),
        ("rgba16", 16, 6, 4),
    ):
        array = random.integers(0, 1 << depth, shape + (channels,))
        png(name + end, array, depth, color, interlaced)
        note(name + end, rgba_of(array, (1 << depth) - 1))

# Palettes, with and without alpha.
palette = random.integers(0, 256, (4, 3))
alpha = np.array([0, 100, 255, 255])
array = random.integers(0, 4, shape)
png("palette2.png", array, 2, 3, extra=chunk(b"PLTE", palette.astype("u1").tobytes()))
note("palette2.png", rgba_of(palette[array], 255))
agrees("palette2.png", rgba_of(palette[array], 255))
extra = chunk(b"PLTE", palette.astype("u1").tobytes()) + chunk(b"tRNS", bytes([0, 100]))
png("palette2-transparent.png", array, 2, 3, extra=extra)
with_alpha = np.concatenate([palette, alpha[:, None]], 1)[array]
note("palette2-transparent.png", rgba_of(with_alpha, 255))
agrees("palette2-transparent.png", rgba_of(with_alpha, 255))
# One grey that is transparent; a gamma that must not change the numbers.
array = random.integers(0, 4, shape)
gamma = chunk(b"gAMA", struct.pack(">I", 100000))
png("grey2-transparent.png", array, 2, 0, extra=gamma + chunk(b"tRNS", struct.pack(">H", 2)))
note(
    "grey2-transparent.png",
    rgba_of(np.stack([array, np.where(array == 2, 0, 3)], 2), 3),
)
# What Pillow itself writes.
array = random.integers(0, 256, shape + (4,)).astype("u1")
Image.fromarray(array).save("pillow-rgba.png")
note("pillow-rgba.png", rgba_of(array, 255))
Image.fromarray(array[..., :3]).save("pillow-rgb.png")
note("pillow-rgb.png", rgba_of(array[..., :3], 255))
Image.fromarray(array[..., 0]).save("pillow.pgm")
note("pillow.pgm", rgba_of(array[..., 0], 255))
Image.fromarray(array[..., :3]).save("pillow.ppm")
note("pillow.ppm", rgba_of(array[..., :3], 255))
wide = random.integers(0, 65536, shape).astype("u2")
Image.fromarray(wide).save("pillow16.png")
note("pillow16.png", rgba_of(wide, 65535))

with open("goldens.json", "w") as f:
    json.dump(goldens, f, separators=(",", ":"))
    f.write("\n")
print(len(goldens), "pictures")
