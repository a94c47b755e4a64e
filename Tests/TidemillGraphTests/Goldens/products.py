"""Matrix products, sums of products, cross entropy; derivatives; random numbers."""
import numpy as np
import torch

from cases import FLOATS, INTS, case, draw, tensor, type_name, whole
from peers import cross_entropy
from random_numbers import bernoulli, normal, permutation, truncated_normal, uniform
from special import ROWS

f = torch.nn.functional


def products():
    for left, right in [
        ((3, 5), (5, 7)), ((5,), (5, 7)), ((3, 5), (5,)), ((5,), (5,)), ((2, 3, 5), (5, 7)), ((2, 3, 5), (2, 5, 7)),
        ((2, 1, 3, 5), (11, 5, 7)), ((3, 5), (2, 5, 7)), ((3, 0), (0, 7)), ((0, 5), (5, 7)), ((3, 5), (5, 0)),
        ((17, 33), (33, 19)), ((1, 1), (1, 1)),
    ]:
        case("matmul", torch.matmul, draw(*left), draw(*right), note=f"{list(left)} {list(right)}")
    special = tensor([[np.nan, 1, 2], [np.inf, 0, 1], [0, -np.inf, 1], [1, 2, 3], [-0.0, 0, 0]])
    case("matmul", torch.matmul, special, tensor([[1, 0], [2, 0], [0, np.inf]]), note="special")
    for formula, shapes in {
        "ij,jk->ik": ((3, 5), (5, 7)), "bhqd,bhkd->bhqk": ((2, 3, 5, 7), (2, 3, 11, 7)),
        "ibj,jkb->kbi": ((3, 2, 5), (5, 7, 2)), "ij,kj->": ((3, 5), (7, 5)), "bij->jb": ((3, 5, 7),),
        "i,j->ij": ((3,), (5,)), "ij,ij->i": ((3, 5), (3, 5)), "ij->": ((3, 0),), "ij,jk": ((3, 0), (0, 5)),
    }.items():
        def einsum(*x):
            return torch.einsum(formula, *x).to(x[0].dtype)
        case(f"einsum {formula}", einsum, *[draw(*s) for s in shapes])
        case(f"einsum {formula}", einsum, *[whole(*s) for s in shapes], dtypes=INTS, note="integers")
    for kind in INTS:
        labels = tensor([2, 0, 6], kind)
        case("softmaxCrossEntropyPerRow", cross_entropy, draw(3, 7), labels)
        case("softmaxCrossEntropyPerRow", cross_entropy, draw(0, 7), labels[:0], note="no rows")
        case("softmaxCrossEntropyPerRow", cross_entropy, draw(3, 7) * 1000, labels, note="large")
    for dtype in FLOATS:
        rows = tensor(ROWS[dtype])
        labels = tensor([k % 5 for k in range(len(rows))], torch.int32)
        case("softmaxCrossEntropyPerRow", cross_entropy, rows, labels, dtypes=[dtype], note="special")


def derivatives():
    functional = torch.autograd.functional
    case("gradient", lambda a: torch.autograd.grad((a.tanh() * a).prod(), a, create_graph=True)[0], draw(5))
    case("pullback", lambda a, c: torch.autograd.grad(a.softmax(1) * a.cumsum(0), a, c, create_graph=True)[0],
         draw(3, 5), draw(3, 5))
    case("jacobian", lambda a: functional.jacobian(
        lambda z: (z.tanh() * z.sum()).softmax(0), a, create_graph=True), draw(5))
    case("hessianVectorProduct", lambda a, v: functional.hvp(
        lambda z: (z.tanh().prod() + (z * z.exp()).sum()), a, v, create_graph=True)[1], draw(5), draw(5))
    case("pushforward", lambda a, v: functional.jvp(
        lambda z: z.softmax(1) * z.cumsum(0), a, v, create_graph=True)[1], draw(3, 5), draw(3, 5))


def random_numbers():
    """Of seed 7, in the first step of a session."""
    for index, dtype in enumerate(FLOATS):
        kind = str(dtype).removeprefix("torch.")
        for shape in [(3, 7), (), (0, 3)]:
            p = (index, *shape)
            case("uniform", lambda: torch.from_numpy(uniform(shape, kind, 0)), p=p, dtypes=[None])
            case("normal", lambda: torch.from_numpy(normal(shape, kind)), p=p, dtypes=[None])
            case("truncatedNormal", lambda: torch.from_numpy(truncated_normal(shape, kind)), p=p, dtypes=[None])
    case("bernoulli number", lambda: torch.from_numpy(bernoulli(0.3, (5, 7))), p=(0.3, 5, 7), dtypes=[None])
    odd = tensor([-1, 0, 0.25, 0.5, 0.75, 1, 2, np.nan, np.inf, -np.inf])
    case("bernoulli", lambda a: torch.from_numpy(bernoulli(a.detach().numpy(), a.shape)), odd)
    for count in (0, 1, 2, 7, 33):
        case("permutation", lambda: torch.from_numpy(permutation(count)), p=(count,), dtypes=[None])
    for rate in (0, 0.5, 0.75):
        def dropout(a):
            drawn = uniform(a.shape, type_name(a), 0) >= np.asarray(rate, type_name(a))
            return torch.where(torch.from_numpy(np.asarray(drawn)), a / (1 - rate), torch.zeros_like(a))
        case("dropout", dropout, draw(3, 7), p=(rate,))
        case("dropout", dropout, draw(0, 3), p=(rate,))
    case("dropout inference", lambda a: f.dropout(a, 0.5, training=False) + 0, draw(3, 7), p=(0.5,))
