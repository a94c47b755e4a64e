"""Writes the numbers that Tidemill's optimisers, losses and schedules are compared with.

  python3 make_goldens.py      (PyTorch 2.15, NumPy; writes optimizers.json, losses.json, schedules.json beside itself)

Lion is not in PyTorch; it is written down here as in the paper (algorithm 2 of arXiv:2302.06675).
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
PRINTED = [1, 10, 100]


def problem():
    """A network 3-4-2 with tanh, mean squared error, eight samples; float32 numbers, so that both types start alike."""
    draw = np.random.default_rng(7)
    shapes = {"w1": (3, 4), "b1": (4,), "w2": (4, 2), "b2": (2,)}
    initial = {name: draw.normal(0, 0.6, shape) for name, shape in shapes.items()}
    x = draw.normal(0, 1, (8, 3))
    y = np.stack([np.sin(x[:, 0] + x[:, 1]), x[:, 1] * x[:, 2]], 1)
    return [{k: v.astype(np.float32) for k, v in initial.items()}, x.astype(np.float32), y.astype(np.float32)]


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
                p -= group["lr"] * (update + group["weight_decay"] * p)
                m.mul_(beta2).add_(p.grad, alpha=1 - beta2)


# Learning rates are such that a difference of roundings in the start grows less than 20 times in 100 steps.
O = torch.optim
OPTIMIZERS = {
    "sgd": lambda p: O.SGD(p, lr=0.1),
    "sgd momentum": lambda p: O.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-2),
    "sgd nesterov": lambda p: O.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-2),
    "adagrad": lambda p: O.Adagrad(p),
    "adagrad options": lambda p: O.Adagrad(
        p, lr=0.1, lr_decay=0.01, initial_accumulator_value=0.1, eps=1e-6, weight_decay=1e-2),
    "rmsprop": lambda p: O.RMSprop(p),
    "rmsprop options": lambda p: O.RMSprop(
        p, lr=3e-3, alpha=0.95, eps=1e-5, momentum=0.8, centered=True, weight_decay=1e-2),
    "adadelta": lambda p: O.Adadelta(p),
    "adadelta options": lambda p: O.Adadelta(p, lr=2.0, rho=0.8, eps=1e-4, weight_decay=1e-2),
    "adam": lambda p: O.Adam(p),
    "adam options": lambda p: O.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-4, weight_decay=1e-2, amsgrad=True),
    "adamw": lambda p: O.AdamW(p),
    "adamw options": lambda p: O.AdamW(p, lr=0.02, betas=(0.0, 0.9), eps=1e-4, weight_decay=0.2),
    "adamax": lambda p: O.Adamax(p),
    "adamax options": lambda p: O.Adamax(p, lr=5e-3, betas=(0.8, 0.95), eps=1e-4, weight_decay=1e-2),
    "nadam": lambda p: O.NAdam(p),
    "nadam options": lambda p: O.NAdam(
        p, lr=5e-3, betas=(0.8, 0.95), eps=1e-4, momentum_decay=0.03, weight_decay=1e-2),
    "nadam decoupled": lambda p: O.NAdam(p, lr=5e-3, weight_decay=0.1, decoupled_weight_decay=True),
    "lion": lambda p: Lion(p, lr=1e-3),
    "lion options": lambda p: Lion(p, lr=3e-3, betas=(0.8, 0.9), weight_decay=0.1),
    # What happens to gradients before an optimiser sees them.
    "clip value": lambda p: O.SGD(p, lr=0.05, momentum=0.9),
    "clip norm": lambda p: O.SGD(p, lr=0.1, momentum=0.9),
    "l1 and l2": lambda p: O.Adam(p, lr=0.01),
    # The biases have an optimiser of their own, and w1 is frozen.
    "groups": None,
}


def groups(p):
    return [O.SGD([p[1], p[3]], lr=0.1), O.AdamW([p[2]], lr=0.02)]


def trajectory(name, dtype):
    torch.set_default_dtype(dtype)  # NAdam keeps its product of momenta in the default type
    initial, x, y = problem()
    p = [torch.tensor(v, dtype=dtype, requires_grad=True) for v in initial.values()]
    x, y = torch.tensor(x, dtype=dtype), torch.tensor(y, dtype=dtype)
    make = OPTIMIZERS[name]
    optimizers = [make(p)] if make else groups(p)
    found = {}
    for step in range(1, 101):
        w1, b1, w2, b2 = p
        loss = ((torch.tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2).mean()
        if name == "l1 and l2":
            loss = loss + sum(1e-2 * v.abs().sum() + 0.5 * 3e-2 * (v**2).sum() for v in p)
        for v in p:
            v.grad = None
        loss.backward()
        if name == "clip value":
            torch.nn.utils.clip_grad_value_(p, 0.02)
        if name == "clip norm":
            torch.nn.utils.clip_grad_norm_(p, 0.25)
        for optimizer in optimizers:
            optimizer.step()
        if step in PRINTED:
            found[str(step)] = [[float(e) for e in v.detach().flatten()] for v in p]
    return found


def write(name, value):
    def rounded(v):
        if isinstance(v, float):
            return v
        if isinstance(v, dict):
            return {k: rounded(e) for k, e in v.items()}
        return [rounded(e) for e in v] if isinstance(v, (list, tuple)) else v

    text = json.dumps(rounded(value), separators=(",", ":")).replace('},"', '},\n"')
    (HERE / name).write_text(text + "\n")


def short(value):
    """As few digits as float32 needs."""
    if isinstance(value, dict):
        return {k: short(v) for k, v in value.items()}
    if isinstance(value, list):
        return [short(v) for v in value]
    return float(f"{value:.9g}")


def optimizers():
    initial, x, y = problem()
    write("optimizers.json", {
        "initial": {k: v.flatten().tolist() for k, v in initial.items()},
        "x": x.flatten().tolist(), "y": y.flatten().tolist(),
        "float32": {name: short(trajectory(name, torch.float32)) for name in OPTIMIZERS},
        "float64": {name: trajectory(name, torch.float64) for name in OPTIMIZERS},
    })


def losses():
    """Logits of usual and of extreme size, and what PyTorch makes of them in float64."""
    torch.set_default_dtype(torch.float64)
    logits = torch.tensor([[0.5, -1.0, 2.0], [1e4, -1e4, 0.0], [-3.0, 0.25, 0.0], [-700.0, 800.0, 800.0]])
    labels = torch.tensor([2, 1, 0, 2])
    soft = torch.tensor([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.25, 0.25, 0.5]])
    weights = torch.tensor([1.0, 2.5, 0.5])
    target = torch.tensor([[1.0, 0.0, 0.3], [0.0, 1.0, 1.0], [0.0, 1.0, 0.5], [1.0, 0.0, 1.0]])
    positive = torch.tensor(3.0)
    prediction = torch.tensor([[0.5, -1.0, 2.0], [3.0, -0.25, 0.0], [1.0, 1.5, -2.0], [0.0, 4.0, 0.125]])
    result = {}

    def record(name, function, value):
        value = value.clone().requires_grad_()
        loss = function(value)
        loss.backward()
        result[name] = {"loss": loss.item(), "gradient": value.grad.flatten().tolist()}

    record("squared", lambda v: F.mse_loss(v, target), prediction)
    record("absolute", lambda v: F.l1_loss(v, target, reduction="sum"), prediction)
    record("huber", lambda v: F.huber_loss(v, target, delta=0.75), prediction)
    record("multi-class hinge", lambda v: 3 * F.multi_margin_loss(v, labels), prediction)
    record("binary", lambda v: F.binary_cross_entropy_with_logits(v, target), logits)
    record("binary weighted", lambda v: F.binary_cross_entropy_with_logits(v, target, pos_weight=positive), logits)
    record("labels", lambda v: F.cross_entropy(v, labels), logits)
    record("labels sum", lambda v: F.cross_entropy(v, labels, reduction="sum"), logits)
    record("labels smoothed", lambda v: F.cross_entropy(v, labels, label_smoothing=0.1), logits)
    record("labels weighted", lambda v: F.cross_entropy(v, labels, weight=weights), logits)
    record("labels both", lambda v: F.cross_entropy(v, labels, weight=weights, label_smoothing=0.1), logits)
    record("soft", lambda v: F.cross_entropy(v, soft), logits)
    record("soft both", lambda v: F.cross_entropy(v, soft, weight=weights, label_smoothing=0.1), logits)
    record("kl", lambda v: F.kl_div(F.log_softmax(v, -1), soft, reduction="batchmean"), logits)
    write("losses.json", result)


def schedules():
    def rates(make, count=40, start=0.5):
        optimizer = O.SGD([torch.zeros(1, requires_grad=True)], lr=start)
        schedule = make(optimizer)
        found = []
        for _ in range(count):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        return found

    S = torch.optim.lr_scheduler
    write("schedules.json", {
        "step": rates(lambda o: S.StepLR(o, 7, 0.3)),
        "exponential": rates(lambda o: S.ExponentialLR(o, 0.93)),
        "cosine": rates(lambda o: S.CosineAnnealingLR(o, 39, 0.05)),
        "one cycle": rates(lambda o: S.OneCycleLR(o, 0.8, total_steps=41)),
        "one cycle options": rates(
            lambda o: S.OneCycleLR(o, 0.8, total_steps=41, pct_start=0.4, div_factor=10, final_div_factor=100)),
        "warm-up": rates(lambda o: S.SequentialLR(
            o, [S.LinearLR(o, 0.1, 1.0, 10), S.StepLR(o, 7, 0.3)], [10])),
    })


if __name__ == "__main__":
    optimizers()
    losses()
    schedules()
