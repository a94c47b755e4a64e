"""Writes a case, and draws numbers for it."""
import torch

FLOATS = (torch.float32, torch.float64)
INTS = (torch.int32, torch.int64)
# In the order of the library's list.
TYPES = [torch.float32, torch.float64, torch.int32, torch.int64, torch.bool]


def type_name(tensor):
    return str(tensor.dtype).removeprefix("torch.")


def line(kind, tensor):
    numbers = tensor.detach().numpy().flatten()
    texts = [str(int(n)) if numbers.dtype.kind in "bi" else str(n).removesuffix(".0") for n in numbers]
    print(f"{kind} {type_name(tensor)} {','.join(map(str, tensor.shape))} : {' '.join(texts)}")


def case(name, function, *operands, p=(), note="", dtypes=FLOATS, ours=None):
    """One case for each type. Operands of float64 are cast to it, others stay as they are.

    `ours(y, w, operands..., gradients...)` gives the gradients where this library differs on purpose.
    """
    for dtype in dtypes:
        x = [o.to(dtype) if o.dtype == torch.float64 else o for o in operands]
        x = [o.clone().requires_grad_(o.dtype.is_floating_point) for o in x]
        y = function(*x)
        print(" ".join(["case", name, *map(str, p), "#", note]))
        for o in x:
            line("x", o)
        line("y", y)
        if y.requires_grad:
            weights = torch.arange(1, y.numel() + 1).to(y.dtype).reshape(y.shape) / max(y.numel(), 1)
            differentiated = [o for o in x if o.requires_grad]
            gradients = torch.autograd.grad((y * weights).sum(), differentiated, allow_unused=True)
            gradients = [torch.zeros_like(o) if g is None else g for o, g in zip(differentiated, gradients)]
            if ours:
                gradients = ours(y, weights, *differentiated, *gradients)
            for g in gradients:
                line("g", g)


def tensor(numbers, dtype=torch.float64):
    return torch.tensor(numbers, dtype=dtype)


def draw(*shape):
    """Numbers that both floating-point types hold."""
    return torch.randn(shape).double()


def whole(*shape, low=-9, high=10):
    return torch.randint(low, high, shape).double()


def truths(*shape):
    return torch.rand(shape) < 0.5
