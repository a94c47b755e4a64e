"""What was measured, as tables in Markdown."""
import re

from measure import geometric_mean

MARK = "<!-- what follows is written by Benchmarks/compare -->"


def machine(topology, date, versions):
    cores = len(topology["cores"])
    caches = {}
    for cache in topology["caches"]:
        caches[cache["name"]] = cache["bytes"]
    sizes = ", ".join(f"{name} {size // 1024} KiB" for name, size in caches.items() if size)
    lines = [
        f"{topology.get('cpu_model') or 'a CPU of unknown name'}, {cores} cores, {sizes}; kernels for "
        f"{topology['instruction_set']}. {date}.",
    ]
    if versions:
        lines += ["", "Beside: " + ", ".join(versions) + "."]
    return lines


def number(value):
    return "-" if value is None else f"{value:.1f}"


def table(lines, unit, limit):
    # Those that have no such operation at all are left out.
    names = [name for name in lines[0].speeds
             if name != "Tidemill" and any(line.speed(name) for line in lines)]
    head = [f"{unit}", "Tidemill", f"of {limit}", *names, "to the best"]
    rows = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for line in lines:
        ratio = line.ratio
        cells = [
            line.name, number(line.speed("Tidemill")), f"{100 * line.share:.1f} %",
            *(number(line.speed(name)) for name in names),
            "-" if ratio is None else f"{ratio:.2f}",
        ]
        rows.append(f"| {' | '.join(cells)} |")
    ratios = [line.ratio for line in lines if line.ratio]
    if ratios:
        rows += ["", f"To the best peer of each round: {geometric_mean(ratios):.2f} in geometric mean, "
                     f"{min(ratios):.2f} at least."]
    return rows


def threads_name(count):
    return "one thread" if count == 1 else f"{count} threads"


TYPE_NAMES = {"f32": "float32", "f64": "float64", "bf16": "bfloat16"}


def picture_name(threads):
    """The file of a roofline."""
    return f"roofline-{threads}.svg"


def page(results, missing, machine_lines, rounds):
    """The generated part of the page. `results`: threads to lines of products by type, and to lines of operations."""
    text = [MARK, "", "## Measured", "", *machine_lines, "",
            f"Rounds: {rounds}. Figures are medians; a round takes the best time of every system."]
    if missing:
        reasons = [f"- {name}: {reason}" for name, reason in sorted(missing.items())]
        text += ["", "Not there:", "", *reasons]
    for threads, (products, operations) in results.items():
        if "f32" in products:
            text += ["", f"![Roofline, {threads_name(threads)}]({picture_name(threads)})"]
        for dtype, lines in products.items():
            text += ["", f"### Matrix products, {TYPE_NAMES[dtype]}, {threads_name(threads)}", "",
                     *table(lines, "GFLOP/s", "peak")]
        text += ["", f"### Elementwise, reductions, rows, float32, {threads_name(threads)}", "",
                 *table(operations, "GB/s", "triad")]
    return "\n".join(text) + "\n"


def write(path, generated):
    """Puts the generated part behind what people wrote of the page."""
    try:
        with open(path) as file:
            own = file.read()
    except FileNotFoundError:
        own = "# Performance\n\n"
    own = re.split(re.escape(MARK), own)[0]
    with open(path, "w") as file:
        file.write(own + generated)
