"""Writes goldens.txt: operands, results and gradients of operations by PyTorch, in float32 and float64.

    python3 generate.py > goldens.txt

A case is a line "case NAME TYPE" and, for each tensor, a line "KIND EXTENTS : NUMBERS", where KIND is x for an
operand, y for the result, and g for the gradient of sum(y * w) by an operand; w is 1/n, 2/n, ... 1. Numbers are
those that the type holds. Made with PyTorch 2.15.0.
"""
import torch

SEED = 20240229


def text(kind, tensor):
    extents = ",".join(map(str, tensor.shape))
    numbers = " ".join(repr(n) for n in tensor.detach().double().flatten().tolist())
    return f"{kind} {extents} : {numbers}"


def case(name, function, *operands):
    for dtype in (torch.float32, torch.float64):
        x = [o.to(dtype).clone().requires_grad_() for o in operands]
        y = function(*x)
        print(f"case {name} {str(dtype).removeprefix('torch.')}")
        for o in x:
            print(text("x", o))
        print(text("y", y))
        if y.requires_grad:
            weights = torch.arange(1, y.numel() + 1).to(dtype).reshape(y.shape) / max(y.numel(), 1)
            (y * weights).sum().backward()
            for o in x:
                print(text("g", o.grad))


def main():
    torch.manual_seed(SEED)
    f = torch.nn.functional

    def draw(*shape):
        # Numbers that both types hold.
        return torch.randn(*shape).double()

    x, cube = draw(3, 7) * 2, draw(3, 5, 7)
    with_zeros = draw(3, 7)
    with_zeros[0, 2] = with_zeros[1, 1] = with_zeros[1, 5] = 0
    case("elu", lambda a: f.elu(a, 0.75), x)
    case("selu", f.selu, x)
    case("gelu", f.gelu, x)
    case("geluTanh", lambda a: f.gelu(a, approximate="tanh"), x)
    case("leakyRelu", lambda a: f.leaky_relu(a, 0.1), x)
    case("silu", f.silu, x)
    case("softplus", f.softplus, x)
    case("clamped", lambda a: a.clamp(-1, 0.5), x)
    case("variance", lambda a: a.var(dim=(0, 2), correction=1), cube)
    case("norm", lambda a: torch.linalg.vector_norm(a, dim=1), cube)
    case("product", lambda a: a.prod(dim=1), with_zeros)
    case("cumulativeSum", lambda a: a.cumsum(dim=1), cube)
    case("logSumExp", lambda a: a.logsumexp(dim=1), cube)
    case("argmax", lambda a: a.argmax(dim=1), cube)
    case("argmin", lambda a: a.argmin(dim=1), cube)
    case("stack", lambda a, b: torch.stack([a, b], dim=1), draw(3, 5), draw(3, 5))
    case("split", lambda a: torch.split(a, [2, 1, 4], dim=2)[2] ** 2, cube)
    case("einsum ij,jk->ik", lambda a, b: torch.einsum("ij,jk->ik", a, b), draw(3, 5), draw(5, 7))
    case("einsum bhqd,bhkd->bhqk", lambda a, b: torch.einsum("bhqd,bhkd->bhqk", a, b),
         draw(2, 3, 5, 7), draw(2, 3, 11, 7))
    case("einsum ibj,jkb->kbi", lambda a, b: torch.einsum("ibj,jkb->kbi", a, b),
         draw(3, 2, 5), draw(5, 7, 2))
    case("einsum ij,kj->", lambda a, b: torch.einsum("ij,kj->", a, b), draw(3, 5), draw(7, 5))
    case("einsum bij->jb", lambda a: torch.einsum("bij->jb", a), cube)
    case("jacobian", lambda a: torch.autograd.functional.jacobian(
        lambda z: (z.tanh() * z.sum()).softmax(0), a, create_graph=True), draw(5))
    case("hessianVectorProduct", lambda a, v: torch.autograd.functional.hvp(
        lambda z: (z.tanh().prod() + (z * z.exp()).sum()), a, v, create_graph=True)[1],
        draw(5), draw(5))
    case("pushforward", lambda a, v: torch.autograd.functional.jvp(
        lambda z: z.softmax(1) * z.cumsum(0), a, v, create_graph=True)[1], draw(3, 5), draw(3, 5))


main()
