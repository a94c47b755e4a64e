"""Files that fuzzing begins with, made by other programs: python3 seeds.py FOLDER

NumPy 1.20 or later, Pillow and the package safetensors write what they have a format for.
"""

import gzip
import io
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import numpy
from PIL import Image
from safetensors.numpy import save

root = Path(sys.argv[1])


def put(target, name, content):
    folder = root / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def idx(kind, shape, content):
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape) + content


types = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
for kind, dtype in types.items():
    file = idx(kind, (2, 3), numpy.arange(6).astype(dtype).tobytes())
    put("idx", f"{dtype[1:]}.idx", file)
    put("idx", f"{dtype[1:]}.idx.gz", gzip.compress(file, mtime=0))
put("idx", "scalar.idx", idx(8, (), b"\5"))
put("idx", "empty.idx", idx(12, (0, 4), b""))
put("idx", "huge.idx", idx(14, (0xFFFFFFFF,) * 3, b""))
put("idx", "nine-axes.idx", idx(8, (1,) * 9, b"\1"))

text = b"a tide mill turns on the flood and on the ebb, on the flood and on the ebb"
for level in (0, 1, 9):
    put("gzip", f"level-{level}.gz", gzip.compress(text, level, mtime=0))
put("gzip", "stream.zz", zlib.compress(text))
put("gzip", "two.gz", gzip.compress(text, mtime=0) + gzip.compress(b"x", mtime=0))
put("gzip", "trailing.gz", gzip.compress(b"x", mtime=0) + b"y")
put("gzip", "bomb.gz", gzip.compress(bytes(200_000), mtime=0))
buffer = io.BytesIO()
with gzip.GzipFile("name", "wb", 9, buffer, 0) as file:
    file.write(text)
put("gzip", "named.gz", buffer.getvalue())

put("csv", "header.csv", "width,height,label\n1,2.5,0\n-0.25,1e-3,1\n")
put("csv", "plain.csv", "0,1,2\r\n1,3.5,-4\r\n2,0,+7e2")
put("csv", "quoted.csv", '"label","a ""b"", c"\r\n"1","2"\r\n"0","3"\r\n')
put("csv", "mark.csv", "\ufefflabel,x\n0,1\n")
put("csv", "ragged.csv", "label,x\n0,1\n1\n")
put("csv", "letters.csv", "label,x\n0,one\n")
put("csv", "gap.csv", "label,x\n0,1\n7,1\n")
put("csv", "open.csv", 'label,x\n0,"1\n')

value = {"a": [1, -2.5, 1e300, True, False, None], "é\"\n": {"": "😀\\/"}, "b": [[], {}]}
put("json", "value.json", json.dumps(value))
put("json", "indented.json", json.dumps(value, indent=2, ensure_ascii=False))
put("json", "deep.json", "[" * 33 + "]" * 33)
put("json", "twice.json", '{"\\u001b":1,"\\u001b":2}')
put("json", "surrogate.json", '"\\ud83d\\ude00\\ud800"')

for dtype in ("<f4", "<f8", "<i4", "<i8", "?", ">f4", "<f2"):
    for order in "CF":
        array = numpy.asarray(numpy.arange(6).reshape(2, 3) % 2, dtype=dtype, order=order)
        buffer = io.BytesIO()
        numpy.save(buffer, array)
        put("npy", f"{dtype.strip('<>?') or 'bool'}-{'big' if '>' in dtype else order}.npy",
            buffer.getvalue())
for name, array in {
    "scalar": numpy.float64(1.5), "vector": numpy.arange(3, dtype="<i4"),
    "empty": numpy.zeros((0, 4), "<f4"), "eight": numpy.zeros((1,) * 8, "<f4"),
    "records": numpy.zeros(1, [("a", "<f4"), ("b", "<i4")]),
}.items():
    buffer = io.BytesIO()
    numpy.save(buffer, array)
    put("npy", f"{name}.npy", buffer.getvalue())
buffer = io.BytesIO()
numpy.save(buffer, numpy.array([None, "x"], dtype=object), allow_pickle=True)
put("npy", "objects.npy", buffer.getvalue())
for version in ((2, 0), (3, 0)):
    buffer = io.BytesIO()
    numpy.lib.format.write_array(buffer, numpy.zeros((2, 2), "<f4"), version)
    put("npy", f"version-{version[0]}.npy", buffer.getvalue())

arrays = {
    "layer.0/weight": numpy.arange(6, dtype="<f4").reshape(2, 3),
    "bias": numpy.ones(2, "<f8"), "count": numpy.array(3, "<i8"), "é": numpy.zeros((0, 2), "<i4"),
    "mask": numpy.array([True, False]),
}
put("safetensors", "all.safetensors", save(arrays, {"a \"b\"": "é"}))
for name, array in arrays.items():
    put("safetensors", f"{array.dtype.name}.safetensors", save({name: array}))
put("safetensors", "none.safetensors", save({}))
put("safetensors", "half.safetensors", save({"h": numpy.zeros(2, "<f2")}))


def tensors(header, data=0):
    text = json.dumps(header) if isinstance(header, dict) else header
    return struct.pack("<Q", len(text)) + text.encode() + bytes(data)


def entry(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


put("safetensors", "overlap.safetensors", tensors({"a": entry([2], 0, 8), "b": entry([2], 4, 12)}, 12))
put("safetensors", "hole.safetensors", tensors({"a": entry([2], 0, 8), "b": entry([1], 12, 16)}, 16))
put("safetensors", "trailing.safetensors", tensors({"a": entry([2], 0, 8)}, 9))
put("safetensors", "overflow.safetensors", tensors({"a": entry([2**32, 2**32], 0, 8)}, 8))
put("safetensors", "escape.safetensors", tensors({"\x1b[2J\n": entry([3], 0, 8)}, 8))
put("safetensors", "bool.safetensors", tensors({"a": entry([1], 0, 1, "BOOL")}) + b"\2")

for number, text in enumerate([
    "max(1 - (w*x)*y, 0)", "(x + y) * z", "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", "-x^2^-y",
    "sum(softmax([[1, 2], [3, 4]] @ [a, 2]))", "dot([1, 2], [x, y]) - 5e-324", "transpose([[1e3, .5]])",
    "mean(square([x, [1, 2]]))", "logsumexp([0.1, 0.2])", "mx(1)", "a × b − c · d", "((x", "2 3",
    "w = 0.5, x = [1, 2]", "x=[[1,-2],[3,4]],y=1", "-(-3)^2",
]):
    put("expression", f"{number}.txt", text)
for number, text in enumerate([
    "max(1 - (w*x)*y, 0)\nw=0.5,x=2,y=1", "(x+y)*z\nx=-2,y=5,z=-4", "sum(W@x)\nW=[[1,2],[3,4]],x=[1,2]",
    "1/(1+exp(-w*x))", "sum([1,2])", "log(0)*x", "x^y", "[1,2]", "sum([1,2]*[1,2,3])", "relu(x)+abs(x)",
]):
    put("explain", f"{number}.txt", text)

sets = 'cpuset="0x1" complete_cpuset="0x1" nodeset="0x1" complete_nodeset="0x1"'
machine = (
    f'<?xml version="1.0"?>\n<!DOCTYPE topology SYSTEM "hwloc2.dtd">\n<topology version="2.0">\n'
    f'<object type="Machine" {sets} allowed_cpuset="0x1" allowed_nodeset="0x1" gp_index="1">\n'
    f'<object type="NUMANode" os_index="0" {sets} gp_index="2"/>\n'
    f'<object type="PU" os_index="0" {sets} gp_index="3"/>\n</object>\n</topology>\n'
)
put("xml", "small.xml", machine)
put("xml", "comment.xml", machine.replace("</object>", "<!-- > --></object>"))
put("xml", "closed.xml", machine.replace("</topology>", ""))
put("xml", "version.xml", machine.replace("2.0", "1.0"))
put("xml", "sets.xml", machine.replace("0x1", "0x00000001,,0xffffffff"))
put("xml", "plain.xml", machine.replace('cpuset="0x1"', ""))
put("xml", "twice.xml", machine.replace('gp_index="3"', 'gp_index="2"'))

for number, text in enumerate([
    "pack:2 numa:2 core:4 pu:2", "2 2", "pack:2 [numa(memory=1GB)] l3:1(size=1MB) core:2 pu:1", "pu:1",
    "core:2 pu:2(indexes=2*2:1*2)", "pack:0 pu:1", "pack:99999 pu:1", "core:2", "", "group:2 die:1 l2:2 pu:1",
    "gro2:2l2:2 pu:1", "2l2:3 pu:1", "pack:2\x1b pu:1", "x" * 300,
]):
    put("synthetic", f"{number}.txt", text)

for name, text in {
    "three": "3\n0 0 0\n1 3 1 0 # the first\n2 3 1 0\n3 2 2 1 2\n4 0 1 3\n# Critical Path Length : 5\n",
    "empty": "0\n0 0 0\n1 0 1 0\n",
    "order": "  2\r\n3\t0 2 1 2\r\n2 1 1 0\r\n\r\n1 1 1 0\r\n0 0 0",
    "twice": "1\n0 0 0\n1 4 1 0\n1 4 1 0\n2 0 1 1\n",
    "missing": "9\n0 0 0\n1 1 1 0\n",
    "stranger": "1\n0 0 0\n1 1 1 7\n2 0 1 1\n",
    "count": "1\n0 0 0\n1 1 2 0\n2 0 1 1\n",
    "circle": "2\n0 0 0\n1 1 1 2\n2 1 1 1\n3 0 2 1 2\n",
    "long": "1\n0 0 0\n1 9223372036854775807 1 0\n2 9223372036854775807 1 1\n",
    "overflow": "99999999999999999999\n",
    "letters": "1\n0 0 0\n1 x\x1b 1 0\n2 0 1 1\n",
}.items():
    put("stg", f"{name}.stg", text)

options = {
    "batchSize": 4, "epochs": 2, "optimizer": "sgd", "learningRate": 0.05, "schedule": {"constant": {}},
    "warmUpSteps": 0, "momentum": 0.9, "weightDecay": 0.0001, "loss": {"crossEntropy": {"smoothing": 0}},
    "l1": 0, "l2": 0, "standardizes": False, "seed": 1,
}
texts = {
    "checkpoint": "1",
    "architecture": {"inputs": 2, "hidden": [1], "classes": 2, "activation": "relu", "dropout": 0},
    "options": options,
    "samples": {"name": "s", "count": 8, "imageHeight": 1, "imageWidth": 2, "classes": 2, "classNames": ["a", "b"],
                "checksum": 7},
    "position": {"epoch": 1, "samples": 4, "step": 1, "lossSum": 2.5, "lossWeight": 4, "hits": 3},
    "validation": {"hasStopped": False},
}
weights = {
    "0.weight": numpy.ones((2, 1), "<f4"), "0.bias": numpy.zeros(1, "<f4"),
    "2.weight": numpy.ones((1, 2), "<f4"), "2.bias": numpy.zeros(2, "<f4"),
}


def checkpoint(name, changes={}, more={}, notes={}):
    metadata = {"tidemill." + key: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
                for key, value in {**texts, **changes}.items() if value is not None}
    # Written by hand, as the package orders metadata by chance.
    header, data = {"__metadata__": {**metadata, **notes}}, b""
    for key, array in {**weights, **more}.items():
        kind = {"f4": "F32", "f8": "F64", "i4": "I32"}[array.dtype.str[1:]]
        header[key] = entry(list(array.shape), len(data), len(data) + array.nbytes, kind)
        data += array.tobytes()
    put("checkpoint", name, tensors(header) + data)


checkpoint("plain.safetensors", notes={"dataset": "digits"})
checkpoint("momentum.safetensors", more={f"optimizer:{key}.velocity": value for key, value in weights.items()})
checkpoint("network.safetensors", {"architecture": None})
checkpoint("standardized.safetensors", {"options": {**options, "standardizes": True}},
           {"standardization:mean": numpy.zeros(2), "standardization:scale": numpy.ones(2)})
checkpoint("best.safetensors",
           {"options": {**options, "optimizer": "adam", "clipping": {"rule": "norm", "bound": 5},
                        "schedule": {"step": {"epochs": 10, "factor": 0.1}},
                        "validation": {"share": 0.5, "measure": "loss", "smallestGain": 0, "patience": 1,
                                       "restoresBest": True}},
            "validation": {"best": {"epoch": 1, "loss": 0.5, "accuracy": 0.75}, "hasStopped": False}},
           {f"best:{key}": value for key, value in weights.items()})
checkpoint("unknown.safetensors", {"validation": {"hasStopped": False, "\x1b": 1}})
checkpoint("version.safetensors", {"checkpoint": "\x1b"})
checkpoint("huge.safetensors", {"architecture": {**texts["architecture"], "hidden": [2**62]}})
checkpoint("overflow.safetensors", {"samples": {**texts["samples"], "count": 2**63 - 1, "imageHeight": 2**62}})

for name, write in ("stored", numpy.savez), ("deflated", numpy.savez_compressed):
    buffer = io.BytesIO()
    write(buffer, a=numpy.arange(4, dtype="<f4"), b=numpy.array([[True], [False]]), c=numpy.zeros(2, "<f2"))
    put("npz", f"{name}.npz", buffer.getvalue())
for name, entries in {
    "none": {}, "escape": {"\x1b.npy": b""}, "other": {"a.txt": b"x"}, "damaged": {"a.npy": b"\x93NUMPY"},
}.items():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry_name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(entry_name), content)
    put("npz", f"{name}.npz", buffer.getvalue())

for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
    image = Image.new(mode, (3, 2), 1 if mode in ("1", "L", "P", "I;16") else None)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    put("picture", f"{mode.replace(';', '-')}.png", buffer.getvalue())
    if mode in ("L", "RGB"):
        buffer = io.BytesIO()
        image.save(buffer, "PPM")
        put("picture", f"{mode}.pnm", buffer.getvalue())
put("picture", "text.pgm", "P2 # grey\n3 2 15\n0 1 2\n13 14 15\n")
put("picture", "text.ppm", "P3\n1 2\n255\n1 2 3 4 5 6\n")
put("picture", "wide.pgm", b"P5 1 1 65535\n\x12\x34")
put("picture", "huge.pgm", "P5 99999999999 99999999999 255\n")
put("picture", "short.pgm", "P5 9 9 255\n123")
