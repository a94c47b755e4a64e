"""Operations in which PyTorch is less exact, by NumPy, SciPy or their definition; and those that it does not have."""
import jax
import mpmath
import numpy as np
import scipy.special
import torch

jax.config.update("jax_enable_x64", True)
mpmath.mp.dps = 40


class Elementwise(torch.autograd.Function):
    """A function of NumPy's or SciPy's, and its gradient by its operand and its result."""

    @staticmethod
    def forward(context, x, function, gradient):
        y = torch.from_numpy(np.asarray(function(x.detach().numpy())))
        context.save_for_backward(x, y)
        context.gradient = gradient
        return y

    @staticmethod
    def backward(context, g):
        return context.gradient(g, *context.saved_tensors), None, None


def sqrt(a):
    """PyTorch's is not rounded exactly."""
    return Elementwise.apply(a, np.sqrt, lambda g, x, y: g * 0.5 / y)


def sign(a):
    """PyTorch's makes 0 of NaN, which NumPy and the array API standard keep."""
    return Elementwise.apply(a, np.sign, lambda g, x, y: torch.zeros_like(g)) if a.is_floating_point() else a.sign()


def absolute(a):
    """Of whose gradient the same is true."""
    if not a.is_floating_point():
        return a.abs()
    return Elementwise.apply(a, np.abs, lambda g, x, y: g * torch.where(x.isnan(), x, x.sign()))


def sigmoid(a):
    """PyTorch's and SciPy's are 0 where the result is subnormal."""
    def stable(x):
        e = np.exp(-np.abs(x))
        return np.where(x < 0, e, np.ones_like(e)) / (1 + e)
    return Elementwise.apply(a, stable, lambda g, x, y: g * (y * (1 - y)))


def gated(weight, slope):
    """x·weight(x) and its gradient in 40 digits, by mpmath: PyTorch's lose theirs below 0, and are NaN at infinities."""
    def elements(function, ends):
        def one(x):
            if np.isnan(x) or np.isinf(x):
                return x if np.isnan(x) else ends[int(x > 0)]
            return float(function(mpmath.mpf(float(x))))
        return lambda x: np.array([one(n) for n in x.flatten()], x.dtype).reshape(x.shape)
    value = elements(lambda x: x * weight(x), (-0.0, np.inf))
    derivative = elements(lambda x: slope(within(x, 2000)), (0.0, 1.0))
    return lambda a: Elementwise.apply(a, value, lambda g, x, y: g * torch.from_numpy(derivative(x.numpy())))


def within(x, limit):
    """Beyond the limit results are those of the ends, and mpmath is slow."""
    return max(min(x, limit), -limit)


def logistic(x):
    return 1 / (1 + mpmath.exp(-within(x, 2000)))


def normal(x):
    return mpmath.ncdf(within(x, 100))


def inner(x, power=1):
    return mpmath.sqrt(8 / mpmath.pi) * (x + power * mpmath.mpf("0.044715") * x**3)


silu = gated(logistic, lambda x: logistic(x) * (1 + x * logistic(-x)))
gelu = gated(normal, lambda x: normal(x) + x * mpmath.npdf(within(x, 100)))
gelu_tanh = gated(
    lambda x: logistic(inner(x)),
    lambda x: logistic(inner(x)) * (1 + inner(x, 3) * logistic(-inner(x))))


def power(a, exponent):
    """PyTorch's for a number 0.5 is a square root, and so NaN at -inf, against C's annex F."""
    return torch.pow(a, torch.full_like(a, exponent))


def log_softmax(a, dim):
    """SciPy's, whose finite elements are -inf beside an infinity, as x - log Σ eˣ is; PyTorch's are all NaN.

    By its own result the gradient is g - eʸ·Σ g.
    """
    return Elementwise.apply(
        a, lambda x: scipy.special.log_softmax(x, axis=dim).astype(x.dtype),
        lambda g, x, y: g - y.exp() * g.sum(dim=dim, keepdim=True))


def softmax(a, dim):
    """eʸ of that."""
    return Elementwise.apply(
        a, lambda x: np.exp(scipy.special.log_softmax(x.astype(np.float64), axis=dim)).astype(x.dtype),
        lambda g, x, y: y * (g - (g * y).sum(dim=dim, keepdim=True)))


def log_sum_exp(a, dim):
    """PyTorch's gradient is exp(x - y), with all of the rounding of a large y."""
    weights = softmax(a, dim).detach()
    return Elementwise.apply(
        a, lambda x: torch.logsumexp(torch.from_numpy(x), dim=dim).numpy(),
        lambda g, x, y: g.unsqueeze(dim) * weights)


def mean(a, dim, keepdim=False):
    """Documented: 0 of nothing."""
    return torch.mean(a, dim, keepdim) if a.numel() > 0 else a.sum(dim, keepdim)


def variance(correction):
    """By its definition: PyTorch's running one, and its gradient, are infinite where parts of these cancel as NaN."""
    def function(a, dim, keepdim=False):
        distance = a - mean(a, dim, True)
        count = int(np.prod([a.shape[axis] for axis in dim]))
        return (distance * distance).sum(dim=dim, keepdim=keepdim) / max(count - correction, 1)
    return function


def cross_entropy(a, labels):
    rows = -log_softmax(a, 1)
    return rows[torch.arange(len(labels)), labels.long()]


def integer_division(a, b):
    """Towards zero, and 0 where the divisor is 0; the least number by -1 wraps around to itself, as in NumPy."""
    a, b = a.numpy(), b.numpy()
    safe = np.where(b == 0, 1, b)
    quotient = np.where(b == -1, -a, a // safe + ((a % safe != 0) & ((a < 0) != (safe < 0))))
    return torch.from_numpy(np.asarray(np.where(b == 0, 0, quotient), a.dtype))
