"""Times matrix products and elementwise operations of one Python library.

    python_peer.py torch|torch-compiled|jax|numpy THREADS

Writes "ready" and the version. Then for each line on standard input, "gemm TYPE transA transB M N K" or
"elementwise NAME|ROWS|COLUMNS", it writes the seconds of a call, the best and the median; or "none".
"""
import os
import sys
import time

library, threads = sys.argv[1], int(sys.argv[2])
if library == "jax":
    # It takes as many threads as it may have CPUs.
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cpus[:threads])
    os.environ["JAX_ENABLE_X64"] = "1"
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import numpy as np  # after the environment is set


def timed(call, work, enough, large):
    """Three calls to warm up, then 30 readings of the clock, or fewer where a call is large."""
    inner = int(enough / work) + 1
    times = []
    for repetition in range(-3, large[1] if work > large[0] else 30):
        start = time.perf_counter()
        for _ in range(inner):
            call()
        if repetition >= 0:
            times.append((time.perf_counter() - start) / inner)
    times.sort()
    return times[0], times[len(times) // 2]


class Numpy:
    version = np.__version__

    def array(self, numbers, type="f32"):
        return numbers.astype({"f32": np.float32, "f64": np.float64}[type])

    def bound(self, function, *arrays):
        return lambda: function(*arrays)

    def matmul(self, a, b):
        return a @ b

    operations = {}


class Torch(Numpy):
    def __init__(self, compiled):
        import torch
        from torch.nn import functional

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.torch, self.compiled, self.version = torch, compiled, torch.__version__
        self.operations = {
            "add": lambda a, b, g: a + b,
            "chain tanh(a*b+a)*b": lambda a, b, g: torch.tanh(a * b + a) * b,
            "gelu": lambda a, b, g: functional.gelu(a, approximate="tanh"),
            "exp": lambda a, b, g: torch.exp(a),
            "softmax": lambda a, b, g: torch.softmax(a, -1),
            "layernorm": lambda a, b, g: functional.layer_norm(a, g.shape, g, g),
            "sum all": lambda a, b, g: a.sum(),
            "sum rows(axis 0)": lambda a, b, g: a.sum(0),
            "transpose": lambda a, b, g: a.t().contiguous(),
        }

    def array(self, numbers, type="f32"):
        torch = self.torch
        types = {"f32": torch.float32, "f64": torch.float64, "bf16": torch.bfloat16}
        return torch.tensor(numbers).to(types[type])

    def bound(self, function, *arrays):
        if self.compiled:
            self.torch._dynamo.reset()
            function = self.torch.compile(function)
        return lambda: function(*arrays)


class Jax(Numpy):
    def __init__(self):
        import jax
        import jax.numpy as jnp

        def layernorm(a, b, g):
            centred = a - a.mean(-1, keepdims=True)
            return centred * jax.lax.rsqrt(a.var(-1, keepdims=True) + 1e-5) * g + g

        self.jax, self.jnp, self.version = jax, jnp, jax.__version__
        self.operations = {
            "add": lambda a, b, g: a + b,
            "chain tanh(a*b+a)*b": lambda a, b, g: jnp.tanh(a * b + a) * b,
            "gelu": lambda a, b, g: jax.nn.gelu(a, approximate=True),
            "exp": lambda a, b, g: jnp.exp(a),
            "softmax": lambda a, b, g: jax.nn.softmax(a),
            "layernorm": layernorm,
            "sum all": lambda a, b, g: a.sum(),
            "sum rows(axis 0)": lambda a, b, g: a.sum(0),
            "transpose": lambda a, b, g: a.T.copy(),
        }

    def array(self, numbers, type="f32"):
        jnp = self.jnp
        types = {"f32": jnp.float32, "f64": jnp.float64, "bf16": jnp.bfloat16}
        return jnp.array(numbers, types[type])

    def bound(self, function, *arrays):
        compiled = self.jax.jit(function)
        return lambda: compiled(*arrays).block_until_ready()


def gemm(peer, type, a_order, b_order, m, n, k):
    m, n, k = int(m), int(n), int(k)
    generator = np.random.default_rng(1)
    a = peer.array(generator.random((k, m) if a_order == "T" else (m, k), "f"), type)
    b = peer.array(generator.random((n, k) if b_order == "T" else (k, n), "f"), type)

    def product(a, b):
        return peer.matmul(a.T if a_order == "T" else a, b.T if b_order == "T" else b)

    return timed(peer.bound(product, a, b), 2 * m * n * k, 2e7, (4e9, 8))


def elementwise(peer, name, rows, columns):
    rows, columns = int(rows), int(columns)
    generator = np.random.default_rng(1)
    a, b = (peer.array(generator.random((rows, columns), "f")) for _ in range(2))
    factor = peer.array(np.ones(columns, "f"))
    call = peer.bound(peer.operations[name], a, b, factor)
    return timed(call, 8 * rows * columns, 2e7, (16e6, 12))


peer = {"numpy": Numpy, "jax": Jax}.get(library, lambda: Torch(library == "torch-compiled"))()
print("ready", peer.version, flush=True)
for line in sys.stdin:
    kind, rest = line.rstrip("\n").split(" ", 1)
    try:
        times = gemm(peer, *rest.split()) if kind == "gemm" else elementwise(peer, *rest.split("|"))
        print("%.9e %.9e" % times, flush=True)
    except Exception as error:  # one operation that a library cannot do is no reason to stop
        print(error, file=sys.stderr)
        print("none", flush=True)
