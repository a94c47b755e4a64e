"""Times every system on every shape, one right after the other, several times over."""
import math
import statistics

# The fewest bytes that must move for an element, as tidemill bench elementwise counts them.
BYTES = {
    "add": 12, "chain tanh(a*b+a)*b": 12, "gelu": 8, "exp": 8, "softmax": 8, "layernorm": 8,
    "sum all": 4, "sum rows(axis 0)": 4, "transpose": 8,
}
COLUMNS = 1024
CACHED_ROWS = 256
TYPE_BYTES = {"f32": 4, "f64": 8, "bf16": 2}
# Which peers have what; all others have matrix products and elementwise operations.
GEMM_ONLY = {"OpenBLAS", "MKL", "BLIS", "NumPy"}
ELEMENTWISE_ONLY = {"PyTorch compiled"}


class Line:
    """What all systems gave on one shape, a speed for each round: GFLOP/s or GB/s."""

    def __init__(self, name, work):
        self.name = name
        self.work = work  # operations or bytes of a call
        self.speeds = {}
        self.limits = []
        self.intensity = None  # operations for a byte

    def add(self, system, speed):
        self.speeds.setdefault(system, []).append(speed)

    def speed(self, system):
        """The median of the rounds, or None."""
        found = [speed for speed in self.speeds.get(system, []) if speed]
        return statistics.median(found) if found else None

    @property
    def share(self):
        """The median of Tidemill's shares of the limit, each of its own moment."""
        return statistics.median(
            speed / limit for speed, limit in zip(self.speeds["Tidemill"], self.limits))

    @property
    def ratio(self):
        """The median of the rounds' ratios to the best peer of the round, or None without peers."""
        ratios = []
        for turn, own in enumerate(self.speeds["Tidemill"]):
            others = [speeds[turn] for name, speeds in self.speeds.items()
                      if name != "Tidemill" and speeds[turn]]
            if others:
                ratios.append(own / max(others))
        return statistics.median(ratios) if ratios else None


def geometric_mean(numbers):
    return math.exp(statistics.fmean(map(math.log, numbers)))


def alternate(lines, systems, rounds, time, say):
    """Each round goes over all lines, and on each line over all systems, from another one on."""
    for turn in range(rounds):
        for place, line in enumerate(lines):
            say(f"round {turn + 1} of {rounds}, {line.name}")
            start = (turn + place) % len(systems)
            for system in systems[start:] + systems[:start]:
                line.add(system.name, time(system, line))


def gemm(shapes, dtype, tidemill, peers, rounds, say):
    lines = []
    size = TYPE_BYTES[dtype]
    for shape in shapes:
        m, n, k = map(int, shape.split()[2:])
        line = Line(shape, 2 * m * n * k)
        # The results of bfloat16 are float32.
        line.intensity = line.work / (size * (m * k + k * n) + max(size, 4) * m * n)
        lines.append(line)

    def time(system, line):
        if system is tidemill:
            result = tidemill.gemm(line.name, dtype)
            line.limits.append(result["peak_gflops"])
            return result["gflops_best"]
        seconds = system.seconds(f"gemm {dtype} {line.name}")
        return line.work / seconds / 1e9 if seconds else None

    systems = [tidemill] + [peer for peer in peers if peer.name not in ELEMENTWISE_ONLY]
    alternate(lines, systems, rounds, time, say)
    return lines


def rows_in_memory(topology):
    """Rows of a float32 matrix of four times the last caches, whole 256 of them; 32 MiB where none is known."""
    last = max((cache["level"] for cache in topology["caches"]), default=0)
    total = sum(cache["bytes"] for cache in topology["caches"] if cache["level"] == last)
    return max(4 * total // (4 * COLUMNS) // 256 * 256, 8192)


def elementwise(large_rows, tidemill, peers, rounds, say):
    lines = []
    for rows in (large_rows, CACHED_ROWS):
        for name, element_bytes in BYTES.items():
            line = Line(f"{name}, {rows} x {COLUMNS}", element_bytes * rows * COLUMNS)
            line.operation = (name, rows, COLUMNS)
            lines.append(line)

    def time(system, line):
        if system is tidemill:
            result = tidemill.elementwise(*line.operation)
            assert result["bytes"] == line.work, "tidemill counts other bytes"
            line.limits.append(result["triad_gb_per_s"])
            line.intensity = result["flops"] / result["bytes"]
            return result["gb_per_s_best"]
        seconds = system.seconds("elementwise " + "|".join(map(str, line.operation)))
        return line.work / seconds / 1e9 if seconds else None

    systems = [tidemill] + [peer for peer in peers if peer.name not in GEMM_ONLY]
    alternate(lines, systems, rounds, time, say)
    return lines
