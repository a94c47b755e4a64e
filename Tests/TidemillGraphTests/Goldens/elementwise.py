"""Functions of one and of two values, comparisons, logic, choices, casts."""
import jax
import numpy as np
import torch

from cases import FLOATS, INTS, TYPES, case, draw, tensor, truths, whole
from differences import ours_closed, ours_first_of_equals, ours_open, ours_power, ours_quotient
from peers import absolute, gelu, gelu_tanh, integer_division, power, sigmoid, sign, silu, sqrt
from special import INTEGERS, PAIRS, unary

f = torch.nn.functional

UNARY = {
    "sqrt": sqrt, "rsqrt": torch.rsqrt, "exp": torch.exp, "expm1": torch.expm1, "log": torch.log,
    "log1p": torch.log1p, "sin": torch.sin, "cos": torch.cos, "erf": torch.erf, "abs": absolute,
    "sign": sign, "floor": torch.floor, "rounded": torch.round, "squared": lambda a: a * a, "tanh": torch.tanh,
    "sigmoid": sigmoid, "relu": torch.relu, "softplus": lambda a: torch.logaddexp(a, torch.zeros_like(a)),
    "silu": silu, "gelu": gelu, "geluTanh": gelu_tanh, "selu": f.selu,
    "prefix -": torch.neg,
    "stoppingGradient": lambda a: torch.where(torch.ones_like(a, dtype=torch.bool), a.detach(), a),
}
WITH_NUMBERS = [
    ("leakyRelu", (0.1,), lambda a: f.leaky_relu(a, 0.1)),
    ("elu", (0.75,), lambda a: f.elu(a, 0.75)),
    ("clamped", (-1, 0.5), lambda a: a.clamp(-1, 0.5)),
    ("clamped", (-np.inf, 0.5), lambda a: a.clamp(max=0.5)),
    *[("power number", (n,), lambda a, n=n: power(a, n)) for n in (2, -1, 0, 0.5, 3.5)],
    ("+ number", (1.5,), lambda a: a + 1.5), ("number +", (1.5,), lambda a: 1.5 + a),
    ("- number", (1.5,), lambda a: a - 1.5), ("number -", (1.5,), lambda a: 1.5 - a),
    ("* number", (1.5,), lambda a: a * 1.5), ("number *", (1.5,), lambda a: 1.5 * a),
    ("/ number", (1.5,), lambda a: a / 1.5), ("number /", (1.5,), lambda a: torch.full_like(a, 1.5) / a),
]
POSITIVE = {"sqrt", "rsqrt", "log", "log1p"}


def functions_of_one():
    for name, p, function in [(n, (), g) for n, g in UNARY.items()] + WITH_NUMBERS:
        ours = {"clamped": ours_closed(*p) if name == "clamped" else None, "relu": ours_open}.get(name)
        x = draw(3, 7) * 2
        x = x.abs() if name in POSITIVE or 0.5 in p or 3.5 in p else x
        case(name, function, x, p=p, ours=ours)
        case(name, function, draw(0, 3), p=p, note="no elements", ours=ours)
        case(name, function, draw().abs(), p=p, note="scalar", ours=ours)
        for dtype in FLOATS:
            case(name, function, tensor(unary(dtype)), p=p, dtypes=[dtype], note="special", ours=ours)
    for name in ("prefix -", "abs", "sign"):
        for dtype in INTS:
            case(name, UNARY[name], tensor(INTEGERS[dtype], dtype), dtypes=[None], note="edges")


SHAPES = [
    ((3, 5), (3, 5)), ((3, 5), (5,)), ((3, 1), (5,)), ((7, 1, 3), (5, 1)), ((), (4, 2)), ((4,), ()), ((), ()),
    ((0, 3), (3,)), ((1,), (0,)), ((2, 3, 1, 5), (3, 4, 1)),
]


ARITHMETIC = {
    "+": torch.add, "-": torch.sub, "*": torch.mul, "/": torch.div, "max": torch.maximum, "min": torch.minimum,
    "power": torch.pow,
}
COMPARISONS = {".==": torch.eq, ".!=": torch.ne, ".<": torch.lt, ".<=": torch.le, ".>": torch.gt, ".>=": torch.ge}


def pairs(values, dtype):
    """Every value with every one."""
    grid = torch.meshgrid(tensor(values, dtype), tensor(values, dtype), indexing="ij")
    return [g.flatten() for g in grid]


def functions_of_two():
    for name, function in ARITHMETIC.items():
        ours = {"max": ours_first_of_equals(True), "min": ours_first_of_equals(False), "power": ours_power,
                "/": ours_quotient}.get(name)
        for left, right in SHAPES:
            a, b = draw(*left), draw(*right)
            if name == "power":
                a = a.abs() + 0.5
            if name == "/":
                b = b.sign() * (b.abs() + 0.5)
            case(name, function, a, b, note=f"{list(left)} {list(right)}", ours=ours)
        for dtype in FLOATS:
            a, b = pairs(PAIRS[dtype], torch.float64)
            case(name, function, a, b, dtypes=[dtype], note="special", ours=ours)
        if name == "power":
            continue
        exact = integer_division if name == "/" else function
        case(name, exact, whole(3, 1), whole(5), dtypes=INTS, note="integers")
        case(name, exact, whole(0, 3), whole(3), dtypes=INTS, note="no elements")
        for dtype in INTS:
            case(name, exact, *pairs(INTEGERS[dtype], dtype), dtypes=[None], note="edges")
    for name, function in COMPARISONS.items():
        for left, right in SHAPES:
            case(name, function, whole(*left, low=-1, high=2), whole(*right, low=-1, high=2),
                 dtypes=FLOATS[:1] + INTS[:1], note=f"{list(left)} {list(right)}")
        for dtype in FLOATS:
            case(name, function, *pairs(PAIRS[dtype], torch.float64), dtypes=[dtype], note="special")
        for dtype in INTS:
            case(name, function, *pairs(INTEGERS[dtype], dtype), dtypes=[None], note="edges")
        case(name, function, *pairs([0, 1], torch.bool), dtypes=[None])
    for name, function in {".&": torch.logical_and, ".|": torch.logical_or}.items():
        case(name, function, *pairs([0, 1], torch.bool), dtypes=[None])
        case(name, function, truths(3, 1), truths(5), dtypes=[None], note="broadcast")
    case("prefix .!", torch.logical_not, truths(3, 5), dtypes=[None])
    for condition, first, second in [((3, 1), (5,), (2, 1, 1)), ((), (3, 5), ()), ((0,), (1,), (1,)), ((3, 5),) * 3]:
        case("select", torch.where, truths(*condition), draw(*first), draw(*second), note=f"{condition}")
        case("select", torch.where, truths(*condition), whole(*first), whole(*second), dtypes=INTS)
        case("select", torch.where, truths(*condition), truths(*first), truths(*second), dtypes=[None])
    case("select", torch.where, tensor([0, 1] * 3, torch.bool), tensor([np.nan, 1, -0.0, -np.inf, 2, 3]),
         tensor([1, np.nan, 5, np.inf, -0.0, -0.0]), note="special")


def casts():
    def cast(target):
        name = str(target).removeprefix("torch.")

        def function(a):
            if a.dtype.is_floating_point and target.is_floating_point:
                return a.to(target)
            if target == torch.bool:  # JAX takes subnormals for 0
                return torch.from_numpy(np.asarray(a.detach().numpy().astype(bool)))
            return torch.from_numpy(np.asarray(jax.numpy.asarray(a.detach().numpy()).astype(name)).copy())
        return function

    for target, dtype in enumerate(TYPES):
        for source in FLOATS:
            limits = [2.0**31, 2.0**31 - 128, -(2.0**31), -(2.0**31) - 256, 2.0**63, -(2.0**63)]
            limits += [1e9 + 0.75, -1e9 - 0.75, 2**31 - 1, 2.0**31 - 0.5, -(2.0**31) - 0.5]
            numbers = unary(source) + limits
            if source == torch.float64 and dtype == torch.float32:
                numbers += [3.4028235e38, 3.4028236e38, 1e-45, 0.7e-45, 1 + 2**-24, 1 + 3 * 2**-24]
            case("cast", cast(dtype), tensor(numbers), p=(target,), dtypes=[source], note="special")
            case("cast", cast(dtype), draw(3, 7) * 4, p=(target,), dtypes=[source])
        for source in INTS:
            edges = INTEGERS[source] + [2**24 + 1, -(2**24) - 3]
            edges += [2**53 + 1, 2**53 + 3, 2**31, -(2**31) - 1, 2**32 + 5] if source == torch.int64 else []
            case("cast", cast(dtype), tensor(edges, source), p=(target,), dtypes=[None], note="edges")
        case("cast", cast(dtype), tensor([0, 1, 1], torch.bool), p=(target,), dtypes=[None])
        case("cast", cast(dtype), draw(0, 3), p=(target,), note="no elements")
