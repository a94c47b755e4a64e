"""The roofline as an SVG picture: speed over operations for a byte, both logarithmic.

Source: Williams, Waterman, Patterson: Roofline, an insightful visual performance model, 2009.
"""
import math
import re
from html import escape

from measure import CACHED_ROWS

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 40, 60

STYLE = """
    text { font: 12px sans-serif; fill: #24292f; }
    .grid { stroke: #d0d7de; stroke-width: 1; }
    .roof { stroke: #24292f; stroke-width: 2; fill: none; }
    .product { fill: #0969da; }
    .large { fill: #cf222e; }
    .small { fill: none; stroke: #cf222e; stroke-width: 1.5; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .grid { stroke: #30363d; }
      .roof { stroke: #e6edf3; }
      .product { fill: #58a6ff; }
      .large { fill: #ff7b72; }
      .small { stroke: #ff7b72; }
    }
  """



class Scale:
    """A logarithmic axis."""

    def __init__(self, values, begin, end):
        self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        if self.high == self.low:
            self.high += 1
        self.begin, self.end = begin, end

    def __call__(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    @property
    def powers(self):
        return [10.0 ** power for power in range(self.low, self.high + 1)]


def largest(operations):
    """The rows of the matrices that come from memory."""
    return max((line.operation[1] for line in operations), default=0)


def points(products, operations):
    """Operations for a byte, GFLOP/s, what it is, and how it is drawn."""
    for line in products:
        yield line.intensity, line.speed("Tidemill"), line.name, "product"
    large = largest(operations)
    for line in operations:
        if line.intensity:  # a transpose computes nothing
            kind = "large" if line.operation[1] == large else "small"
            yield line.intensity, line.intensity * line.speed("Tidemill"), line.name, kind


def draw(products, operations, peak, bandwidth, threads):
    """The picture, of a peak in GFLOP/s and a bandwidth in GB/s."""
    found = list(points(products, operations))
    x = Scale([point[0] for point in found] + [peak / bandwidth], LEFT, WIDTH - RIGHT)
    y = Scale([point[1] for point in found] + [peak], HEIGHT - BOTTOM, TOP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"  <title>Roofline, {threads}: peak {peak:.0f} GFLOP/s, memory {bandwidth:.1f} GB/s</title>",
        f"  <style>{STYLE}</style>",
    ]
    for value in x.powers:
        lines.append(f'  <line class="grid" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{TOP}" '
                     f'y2="{HEIGHT - BOTTOM}"/>')
        lines.append(f'  <text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
                     f"{value:g}</text>")
    for value in y.powers:
        lines.append(f'  <line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" '
                     f'y2="{y(value):.1f}"/>')
        lines.append(f'  <text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">'
                     f"{value:g}</text>")
    lines.append(roof(x, y, peak, bandwidth))
    lines.append(f'  <text x="{WIDTH - RIGHT}" y="{y(peak) - 8:.1f}" text-anchor="end">'
                 f"multiply-add peak, {peak:.0f} GFLOP/s</text>")
    lines.append(f'  <text x="{LEFT}" y="24">{threads}; triad of memory {bandwidth:.1f} GB/s</text>')
    kinds = {"product": "matrix products, float32", "large": f"{largest(operations)} rows of 1024",
             "small": f"{CACHED_ROWS} rows of 1024"}
    for place, (kind, name) in enumerate(kinds.items()):
        lines.append(mark(WIDTH - 440 + 160 * place, 20, name, kind))
        lines.append(f'  <text x="{WIDTH - 430 + 160 * place}" y="24">{name}</text>')
    for across, up, name, kind in found:
        lines.append(mark(x(across), y(up), f"{name}: {up:.1f} GFLOP/s", kind))
        if kind == "large":
            label = escape(re.split(r",| t|\(", name)[0])
            lines.append(f'  <text x="{x(across) + 7:.1f}" y="{y(up) + 14:.1f}">{label}</text>')
    lines.append(f'  <text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 16}" '
                 f'text-anchor="middle">operations for a byte that must move</text>')
    lines.append(f'  <text transform="translate(18 {HEIGHT / 2:.1f}) rotate(-90)" '
                 f'text-anchor="middle">GFLOP/s</text>')
    return "\n".join(lines + ["</svg>", ""])


def roof(x, y, peak, bandwidth):
    """The slope of the memory up to the ridge, then the peak."""
    start = max(x.powers[0], y.powers[0] / bandwidth)
    corners = [(start, start * bandwidth), (peak / bandwidth, peak), (x.powers[-1], peak)]
    path = " ".join(f"{x(across):.1f},{y(up):.1f}" for across, up in corners)
    return f'  <polyline class="roof" points="{path}"/>'


def mark(x, y, title, kind):
    if kind == "product":
        shape = f'circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"'
    else:
        shape = f'rect class="{kind}" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"'
    return f"  <{shape}><title>{escape(title)}</title></{shape.split()[0]}>"
