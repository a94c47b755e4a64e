"""Fits the polynomials of Sources/CKernels/vector/math: `fit.py [NAME...]` prints coefficients in C, highest power first,
and the error they leave after rounding, as a power of two. Needs mpmath.

Remez's exchange on a grid of Chebyshev points, in 60 digits: the weighted error is levelled over degree + 2 points.
"""
import sys

from mpmath import atanh, cos, erf, erfc, exp, expm1, log, log1p, lu_solve, matrix, mp, mpf, ncdf, pi, sin, sqrt, tanh

mp.dps = 60


def grid_of(low, high, count):
    low, high = mpf(low), mpf(high)
    return [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def remez(f, weight, low, high, degree):
    """Coefficients, lowest power first, of the p that minimises the largest |weight · (f - p)|."""
    xs = grid_of(low, high, 16 * (degree + 2))
    fs, ws = [f(x) for x in xs], [weight(x) for x in xs]
    chosen = [round(i * (len(xs) - 1) / (degree + 1)) for i in range(degree + 2)]
    for _ in range(30):
        system = matrix(degree + 2, degree + 2)
        right = matrix(degree + 2, 1)
        for row, i in enumerate(chosen):
            for power in range(degree + 1):
                system[row, power] = xs[i] ** power
            system[row, degree + 1] = (-1) ** row / ws[i]
            right[row] = fs[i]
        solution = lu_solve(system, right)
        c = [solution[k] for k in range(degree + 1)]
        errors = [w * (y - value(c, x)) for x, y, w in zip(xs, fs, ws)]
        # The largest error of each run of one sign.
        peaks = [0]
        for i in range(1, len(xs)):
            if (errors[i] > 0) != (errors[peaks[-1]] > 0):
                peaks.append(i)
            elif abs(errors[i]) > abs(errors[peaks[-1]]):
                peaks[-1] = i
        while len(peaks) > degree + 2:
            peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
        level = abs(solution[degree + 1])
        if len(peaks) < degree + 2 or max(map(abs, errors)) < level * mpf("1.001"):
            break
        chosen = peaks
    return c


def value(c, x):
    y = mpf(0)
    for a in reversed(c):
        y = y * x + a
    return y


def rounded(x, bits):
    if x == 0:
        return mpf(0)
    mantissa, exponent = mp.frexp(x)
    return mp.ldexp(mp.nint(mp.ldexp(mantissa, bits)), exponent - bits)


def c_number(x, bits):
    text = float(x).hex()
    if bits == 24:
        head, exponent = text.split("p")
        sign, digits = head.split(".")
        return f"{sign}.{digits[:6]}p{int(exponent)}f"
    return text


def fit(name, f, weight, low, high, degree, bits, note=""):
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    c = [rounded(a, bits) for a in remez(f, weight, low, high, degree)]
    worst = max(abs(weight(x) * (f(x) - value(c, x))) for x in grid_of(low, high, 2000))
    print(f"// {name}: error 2^{float(log(worst, 2)):.1f} {note}")
    numbers = [c_number(a, bits) for a in reversed(c)]
    print("  " + ", ".join(numbers) + ",\n")


half = log(2) / 2 * mpf("1.0001")
root = sqrt(mpf(2)) * mpf("1.0001")


def near_zero(f, series):
    """f, or its series where f cancels."""
    return lambda x: f(x) if abs(x) > mpf(10) ** -12 else series


# exp(r) - 1 = r + r^2 p(r), relative to exp(r) - 1.
exp_tail = near_zero(lambda r: (expm1(r) - r) / r**2, mpf(1) / 2)
fit("exp_f64", exp_tail, lambda r: abs(r**2 / expm1(r)), -half, half, 10, 53)
# log(1 + f) = f - f^2/2 + f^3 p(f), relative.
log_tail = near_zero(lambda f: (log1p(f) - f + f**2 / 2) / f**3, mpf(1) / 3)
fit("log_f64", log_tail, lambda f: abs(f**3 / log1p(f)), 1 / root - 1, root - 1, 18, 53)
# tanh(t) = t + t^3 p(t^2).
for bits, degree in (24, 4), (53, 11):
    tanh_tail = near_zero(lambda s: (tanh(sqrt(s)) / sqrt(s) - 1) / s, -mpf(1) / 3)
    fit(f"tanh_f{32 if bits == 24 else 64}", tanh_tail, lambda s: s, 1e-30, 0.551**2, degree, bits)
# sin(r) = r + r^3 p(r^2), cos(r) = 1 + r^2 p(r^2).
quarter = (pi / 4 * mpf("1.0001"))**2
fit("sin_f64", near_zero(lambda s: (sin(sqrt(s)) / sqrt(s) - 1) / s, -mpf(1) / 6), lambda s: s, 1e-30, quarter, 5, 53)
fit("cos_f64", near_zero(lambda s: (cos(sqrt(s)) - 1) / s, -mpf(1) / 2), lambda s: s, 1e-30, quarter, 6, 53)
# erf(t) = t + t p(t^2) below the limit, relative; erfc(t) = exp(q(t)) above it, absolute.
fit("erf_near_f64", near_zero(lambda s: erf(sqrt(s)) / sqrt(s) - 1, 2 / sqrt(pi) - 1), lambda s: mpf(1), 1e-30, 0.8, 12, 53)
fit("erf_far_f64", lambda t: log(erfc(t)), lambda t: erfc(t), 0.84, 6, 18, 53)
# log(1 + f) = 2 s + 2/3 s^3 + s^5 p(s^2), s = f/(2 + f); relative to 2 s.
artanh_tail = near_zero(lambda z: ((atanh(sqrt(z)) * 2 / sqrt(z)) - 2 - z * 2 / 3) / z**2, mpf(2) / 5)
fit("artanh_f64", artanh_tail, lambda z: z**2 / 2, 1e-30, (root - 1)**2 / (root + 1)**2, 7, 53)
# The normal distribution's tail, u = (t - 5)/(t + 5). f64: Phi(-t) = exp(-t^2/2 - 1/2 + p(u))/(t + 2), absolute, and
# exp(-t^2/2) p(u)/(t + 1), relative. f32, in double: exp(-t^2/2) p(u), relative.
mills = lambda t: exp(t**2 / 2) * erfc(t / sqrt(2)) / 2
at = lambda u: 5 * (1 + u) / (1 - u)
far = mpf(35) / 45
fit("normal_f64", lambda u: log(mills(at(u)) * (at(u) + 2)) + mpf(1) / 2, lambda u: mpf(1), -1, far, 29, 53)
fit("mills_f64", lambda u: mills(at(u)) * (at(u) + 1), lambda u: 1 / mills(at(u)) / (at(u) + 1), -1, far, 26, 53)
fit("normal_f32", lambda u: mills(at(u)), lambda u: 1 / mills(at(u)), -1, mpf("0.501"), 11, 53)
fit("bell_f32", exp, lambda r: 1 / exp(r), -half, half, 7, 53)
