"""Gradients in which this library differs from PyTorch on purpose; its documentation says so too."""
import torch


def ours_quotient(y, w, a, b, ga, gb):
    """Documented: -(g/b)·y, which is not finite where g/b overflows."""
    return [ga, (-(w / b) * y).sum_to_size(b.shape)]


def ours_first_of_equals(larger):
    """Documented: where both are equal the whole gradient goes to the first, not half of it to each; where one is NaN
    it goes to the second, not to both, so that its parts add up to the whole."""
    def gradients(y, w, a, b, ga, gb):
        first = (a >= b) if larger else (a <= b)
        whole = torch.broadcast_to(w, y.shape)
        return [torch.where(first, whole, 0).sum_to_size(a.shape), torch.where(first, 0, whole).sum_to_size(b.shape)]
    return gradients


def ours_power(y, w, a, b, ga, gb):
    """Documented: by the exponent it is 0 where the base is 0 or negative, also where PyTorch's is NaN or -inf."""
    per_element = torch.where(a <= 0, 0, w * y * torch.where(a <= 0, 1, a).log())
    return [ga, per_element.sum_to_size(b.shape)]


def ours_closed(low, high):
    """Documented: the limits themselves are inside. Those of PyTorch 2.15 are not."""
    return lambda y, w, a, g: [torch.where((a >= low) & (a <= high), w, 0)]


def ours_open(y, w, a, g):
    """Documented: 0 where x is not above 0, NaN too."""
    return [torch.where(a > 0, w, 0)]
