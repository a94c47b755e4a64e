"""Over axes and along them."""
import torch

from cases import FLOATS, INTS, case, draw, tensor, whole
from peers import log_softmax, log_sum_exp, mean, softmax, variance
from special import INTEGERS, ROWS


def over(axes, function, keeps=False):
    return lambda a: function(a, dim=tuple(axes), keepdim=keeps)


def whole_sum(a, dim, keepdim=False):
    return a.sum(dim=dim, keepdim=keepdim, dtype=a.dtype)


def whole_product(a, axes):
    for axis in sorted(axes, reverse=True):
        a = a.prod(dim=axis, dtype=a.dtype)
    return a


def reductions():
    functions = {
        "sum": whole_sum, "mean": mean, "max over": torch.amax, "min over": torch.amin,
        "norm": torch.linalg.vector_norm,
        "variance": variance(0),
    }
    for name, function in functions.items():
        for axes in [(0,), (1,), (2,), (0, 2), (0, 1, 2), (-1, -2)]:
            case(name, over(axes, function), draw(3, 5, 7), p=axes)
        case(name, over([0], function), draw(3, 0), p=[0], note="nothing is left")
        case(f"{name} keeping", over([0, 2], function, True), draw(3, 5, 7), p=[0, 2])
        for dtype in FLOATS:
            case(name, over([1], function), tensor(ROWS[dtype]), p=[1], dtypes=[dtype], note="special")
        if name in ("sum", "mean", "norm", "variance"):
            case(name, over([1], function), draw(3, 0), p=[1], note="of nothing")
        if name in ("sum", "max over", "min over"):
            case(name, over([0, 2], function), whole(3, 5, 7), p=(0, 2), dtypes=INTS, note="integers")
            for dtype in INTS:
                edges = tensor(INTEGERS[dtype] * 4, dtype).reshape(4, 9)
                case(name, over([0], function), edges, p=[0], dtypes=[None], note="edges")
    case("variance unbiased", over([0, 2], variance(1)), draw(3, 5, 7), p=(0, 2))
    with_zeros = draw(3, 5, 7)
    with_zeros[0, 2] = with_zeros[1, 1] = with_zeros[1, 4] = 0
    for axes in [(0,), (1,), (0, 2), (0, 1, 2)]:
        case("product", lambda a: whole_product(a, axes), with_zeros, p=axes)
    case("product keeping", lambda a: whole_product(a, [1])[:, None], draw(3, 5, 7), p=[1])
    case("product", lambda a: whole_product(a, [1]), draw(3, 0), p=[1], note="of nothing")
    case("product", lambda a: whole_product(a, [0, 2]), whole(3, 5, 3), p=(0, 2), dtypes=INTS, note="wraps around")
    for dtype in FLOATS:
        # Without the last ones, whose product depends on the order.
        rows = tensor(ROWS[dtype][:-3])
        case("product", lambda a: whole_product(a, [1]), rows, p=[1], dtypes=[dtype], note="special")
    along = {
        "cumulativeSum": lambda a, dim: a.cumsum(dim=dim, dtype=a.dtype), "softmax": softmax,
        "logSoftmax": log_softmax, "logSumExp": log_sum_exp,
        "argmax": lambda a, dim: a.argmax(dim=dim).int(), "argmin": lambda a, dim: a.argmin(dim=dim).int(),
    }
    for name, function in along.items():
        for axis in (0, 1, -1):
            case(name, lambda a: function(a, dim=axis), draw(3, 5, 7), p=[axis])
        case(name, lambda a: function(a, dim=1), draw(0, 5), p=[1], note="no rows")
        case(name, lambda a: function(a, dim=0), draw(1, 3), p=[0], note="of one")
        for dtype in FLOATS:
            case(name, lambda a: function(a, dim=1), tensor(ROWS[dtype]), p=[1], dtypes=[dtype], note="special")
        if name in ("cumulativeSum", "argmax", "argmin"):
            case(name, lambda a: function(a, dim=0), whole(7, 5, low=-2, high=3), p=[0], dtypes=INTS, note="ties")
            for dtype in INTS:
                edges = tensor(INTEGERS[dtype], dtype)
                case(name, lambda a: function(a, dim=0), edges, p=[0], dtypes=[None], note="edges")
    case("cumulativeSum", lambda a: a.cumsum(dim=1), draw(3, 0), p=[1], note="of nothing")
