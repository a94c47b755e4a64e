"""Numbers that move."""
import torch

from cases import FLOATS, INTS, TYPES, case, draw, tensor, truths, whole

f = torch.nn.functional


def layouts():
    generic = [("", draw, FLOATS), ("integers", whole, INTS), ("truths", truths, [None])]

    def all_types(name, function, *shapes, p=()):
        for note, make, dtypes in generic:
            case(name, function, *[make(*s) for s in shapes], p=p, dtypes=dtypes, note=note)

    def power(a):
        """Of numbers, so that the gradient depends on where they come from; truths as they are."""
        return a * a if a.dtype.is_floating_point else a.clone()

    all_types("reshaped", lambda a: power(a).reshape(5, 2, 3), (3, 10), p=(5, 2, 3))
    all_types("reshaped", lambda a: power(a).reshape(0, 4), (3, 0), p=(0, 4))
    all_types("transposed", lambda a: power(a).permute(2, 0, 1), (2, 3, 5), p=(2, 0, 1))
    all_types("transposed all", lambda a: power(a).permute(2, 1, 0), (2, 3, 5))
    all_types("matrixTransposed", lambda a: power(a).mT, (2, 3, 5))
    all_types("broadcast", lambda a: power(a).broadcast_to(2, 3, 5), (3, 1), p=(2, 3, 5))
    all_types("broadcast", lambda a: power(a).broadcast_to(0, 3), (1,), p=(0, 3))
    # Beginnings, then ends, then steps.
    all_types("slice", lambda a: power(a)[1:5:2, 0:7:3], (5, 7), p=(1, 0, 5, 7, 2, 3))
    all_types("slice", lambda a: power(a)[2:2, 1:7], (5, 7), p=(2, 1, 2, 7, 1, 1))
    all_types("slice axis", lambda a: power(a)[:, 2:5], (3, 7), p=(-1, 2, 5))
    # Before and after, axis by axis.
    all_types("padded", lambda a: f.pad(power(a), (0, 3, 1, 2)), (3, 5), p=(1, 2, 0, 3))
    all_types("padded", lambda a: f.pad(power(a), (2, 1)), (0,), p=(2, 1))
    all_types("concatenate", lambda a, b, c: torch.cat([power(a), b, c], dim=1), (3, 2), (3, 0), (3, 5), p=(1,))
    all_types("stack", lambda a, b: torch.stack([power(a), b], dim=1), (3, 5), (3, 5), p=(1,))
    all_types("stack", lambda a, b: torch.stack([power(a), b], dim=-1), (0, 5), (0, 5), p=(-1,))
    # The axis, which part, and the extents; or the number of parts.
    all_types("split", lambda a: torch.split(power(a), [2, 1, 4], dim=1)[2], (3, 7), p=(1, 2, 2, 1, 4))
    all_types("split into", lambda a: torch.chunk(power(a), 3, dim=0)[1], (6, 5), p=(0, 1, 3))
    for kind in INTS:
        at = tensor([4, 0, 4, 2], kind)
        for note, make, dtypes in generic:
            case("gather", lambda a, i: power(a)[i], make(5, 3), at, p=(0,), dtypes=dtypes, note=note)
        case("gather", lambda a, i: a[:, i], draw(3, 5, 2), at.reshape(2, 2), p=(1,), note="two axes of indices")
        case("gather", lambda a, i: a[i], draw(5, 3), tensor([], kind), p=(0,), note="no indices")

        def scattered(a, i):
            return torch.zeros(5, 3, dtype=a.dtype).index_add(0, i, power(a))
        for note, make, dtypes in generic[:2]:
            case("scatterAdded", scattered, make(4, 3), at, p=(0, 5), dtypes=dtypes, note=note)
        case("scatterAdded", scattered, draw(0, 3), tensor([], kind), p=(0, 5), note="no indices")
        case("scatterAdded", lambda a, i: torch.zeros(3, 6, dtype=a.dtype).index_add(1, i, a), draw(3, 4), at, p=(1, 6))
        outside = tensor([3, 0, 5, -1, 2], kind)
        for target in TYPES:
            case("oneHot", lambda i: (i[:, None] == torch.arange(5)).to(target), outside,
                 p=(5, TYPES.index(target)), dtypes=[None], note="two labels are outside")
    for dtype in TYPES[:4]:
        case("iota", lambda: torch.arange(3).to(dtype)[None, :, None].expand(2, 3, 5),
             p=(1, TYPES.index(dtype), 2, 3, 5), dtypes=[None])
        case("iota", lambda: torch.zeros(0, 3, dtype=dtype), p=(0, TYPES.index(dtype), 0, 3), dtypes=[None])
