"""Over axes and along them."""
import torch
import torch.nn.functional as f

from cases import FLOATS, INTS, case, draw, tensor, whole
from peers import log_softmax, log_sum_exp, mean, softmax, variance
from special import INF, INTEGERS, NAN, ROWS


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


def norms():
    """Of the last axis, by PyTorch in float64 for both types: in float32 its sums lose digits."""
    def exact(function):
        return lambda *x: function(*[o.double() for o in x]).to(x[0].dtype)
    # Few columns only with a large epsilon: a small one makes gradients of numbers that cancel.
    shapes = [(3, 7), (2, 3, 5), (0, 5), (7,), (5, 130)]
    for epsilon, shape in [(1e-5, shape) for shape in shapes] + [(0.5, (3, 7)), (0.5, (4, 1)), (0.5, (67, 5))]:
        n, x = shape[-1:], draw(*shape)
        case("layerNorm", exact(lambda a: f.layer_norm(a, n, eps=epsilon)), x, p=[epsilon])
        case("layerNorm", exact(lambda a, g: f.layer_norm(a, n, g, eps=epsilon)), x, draw(*n), p=[epsilon])
        case("layerNorm", exact(lambda a, g, b: f.layer_norm(a, n, g, b, epsilon)), x, draw(*n), draw(*n), p=[epsilon])
        case("layerNorm bias", exact(lambda a, b: f.layer_norm(a, n, bias=b, eps=epsilon)), x, draw(*n), p=[epsilon])
        case("rmsNorm", exact(lambda a: f.rms_norm(a, n, eps=epsilon)), x, p=[epsilon])
        case("rmsNorm", exact(lambda a, g: f.rms_norm(a, n, g, epsilon)), x, draw(*n), p=[epsilon])
    far = (whole(3, 7) / 8 + 1000).float()
    case("layerNorm", exact(lambda a: f.layer_norm(a, [7])), far, p=[1e-5], dtypes=[None], note="far from 0")
    rows = tensor([[NAN, 1, 2, 3, 4], [INF, 1, 2, 3, 4], [1, 2, 3, -INF, INF]])
    for name, function in {"layerNorm": f.layer_norm, "rmsNorm": f.rms_norm}.items():
        case(name, exact(lambda a: function(a, [5], eps=1e-5)), rows, p=[1e-5], note="special")
