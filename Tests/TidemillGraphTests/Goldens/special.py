"""Numbers at which operations go wrong first: NaN, infinities, zeros, subnormals, ends of ranges, ties."""
import numpy as np
import torch

NAN, INF = np.nan, np.inf

# By type: the smallest and the largest subnormal, the smallest normal and the largest number, and 1 ± a rounding.
ENDS = {
    kind: [float(n) for n in (
        np.nextafter(one(0), one(1)), np.finfo(one).tiny - np.nextafter(one(0), one(1)), np.finfo(one).tiny,
        np.finfo(one).max, np.nextafter(one(1), one(2)), np.nextafter(one(1), one(0)))]
    for kind, one in {torch.float32: np.float32, torch.float64: np.float64}.items()
}

# Where exp, expm1, tanh, sigmoid, erf and the reductions of sin and cos change their ways.
TURNS = {
    torch.float32: [
        88.72284, 88.7229, 87.4, 103.9, 104.1, 9.02, 3.9, 131072, 131073, 8388607.5, 8388609, 16777217, 1e30],
    torch.float64: [
        709.78, 709.79, 708.5, 745.1, 745.2, 19.1, 5.9, 131073, 4503599627370495.5, 9007199254740993, 1e300],
}


def unary(kind):
    plain = [0.0, 0.5, 1, 1.5, 2.5, 3.5, 1e-3, 1e-8, 10, 20, 50, 100, 1000, 1e5, 1e10, np.pi / 2, np.pi, 22]
    positive = plain + ENDS[kind] + TURNS[kind]
    rounded = [float(np.float32(n)) if kind == torch.float32 else n for n in positive]
    return [NAN, INF, -INF] + rounded + [-n for n in rounded]


PAIRS = {
    kind: [NAN, INF, -INF, 0.0, -0.0, 1, -1, 0.5, 2, -2, 3, -3, 2.5, ends[0], -ends[0], ends[3], -ends[3]]
    for kind, ends in ENDS.items()
}

INTEGERS = {
    kind: [least, least + 1, -7, -1, 0, 1, 2, -least - 2, -least - 1]
    for kind, least in {torch.int32: -(2**31), torch.int64: -(2**63)}.items()
}

ROWS = {
    kind: [
        [NAN, 1, 2, 3, 4], [1, NAN, 3, NAN, 0], [INF, 1, 2, 3, 4], [-INF, 1, 2, 3, 4], [INF, -INF, 1, 2, 3],
        [INF, INF, 1, 2, 3], [-INF] * 5, [INF] * 5, [NAN, INF, -INF, 0, 1], [0.0, -0.0, 0.0, -0.0, 0.0], [0.0] * 5,
        [-0.0] * 5, [3, 3, 1, 3, 1], [1e4, 9999, -1e4, 0, 1], [-1e4, -1e4, -1e4, -1e4, -1e4],
        [ends[0], ends[0], ends[1], -ends[0], 0], [ends[3], 2, 1, 0.5, 0], [ends[3], ends[3], 0, 1, 2],
    ]
    for kind, ends in ENDS.items()
}
