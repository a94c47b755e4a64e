"""Philox 4x32-10 from its paper, and the distributions from their definitions.

Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, 2011. An element's number depends on the seed
(the key), and on its position, the step and the stream (the counter). float64 takes two words of a stream of its own.
"""
import numpy as np
import scipy.stats

KEY, STEP = 7, 0


def philox(counter, key):
    """Ten rounds on four words of 32 bits; known answers of the paper's own library are checked below."""
    c = [np.asarray(w, np.uint64) for w in counter]
    k = [key & 0xFFFFFFFF, key >> 32]
    low = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        first, third = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [third >> 32 ^ c[1] ^ np.uint64(k[0]), third & low, first >> 32 ^ c[3] ^ np.uint64(k[1]), first & low]
        k = [k[0] + 0x9E3779B9 & 0xFFFFFFFF, k[1] + 0xBB67AE85 & 0xFFFFFFFF]
    return c


assert [int(w) for w in philox([0, 0, 0, 0], 0)] == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


def uniform(shape, kind, stream):
    wide = kind == "float64"
    index = np.arange(int(np.prod(shape)), dtype=np.uint64)
    of = 2 if wide else 4
    zero = np.zeros_like(index)
    words = np.stack(philox([index // of, zero, zero + STEP, zero + (stream ^ (1 << 31) * wide)], KEY))
    place = (index % of).astype(int)
    columns = np.arange(len(index))
    if wide:
        high, low = words[2 * place, columns] >> 5, words[2 * place + 1, columns] >> 6
        return ((high.astype(np.float64) * 2**26 + low) * 2.0**-53).reshape(shape)
    return ((words[place, columns] >> 8).astype(np.float32) * np.float32(2**-24)).reshape(shape)


def normal(shape, kind):
    """Box and Muller, in float64."""
    first, second = [uniform(shape, kind, stream).astype(np.float64) for stream in (0, 1)]
    return np.asarray(np.sqrt(-2 * np.log1p(-first)) * np.cos(2 * np.pi * second), kind)


def truncated_normal(shape, kind):
    return np.asarray(scipy.stats.truncnorm.ppf(uniform(shape, kind, 0).astype(np.float64), -2, 2), kind)


def bernoulli(probability, shape):
    kind = str(getattr(probability, "dtype", "float32"))
    return np.asarray(uniform(tuple(shape), kind, 0) < np.asarray(probability, kind))


def permutation(count):
    bits = np.floor(uniform((count,), "float64", 0) * 2.0**40)
    return np.argsort(bits, kind="stable").astype(np.int32)
