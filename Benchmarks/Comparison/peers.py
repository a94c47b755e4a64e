"""The systems that are timed: Tidemill's command line, and peers as processes that stand still while
another one is timed."""
import ctypes.util
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Missing(Exception):
    """Why a peer is not there."""


class Peer:
    """A process that answers a line with the seconds of a call: the best and the median."""

    def __init__(self, name, command, environment):
        self.name = name
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, text=True)
        first = self.process.stdout.readline().split()
        if first[:1] != ["ready"]:
            self.end()
            raise Missing(self.last_error() or "it does not start")
        self.version = first[1] if len(first) > 1 else ""
        self.process.send_signal(signal.SIGSTOP)

    def last_error(self):
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        # Paths are nobody's business.
        return " ".join(os.path.basename(word) for word in lines[-1].split()) if lines else ""

    def seconds(self, line):
        """The best time, or None where the peer cannot do it."""
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().split()
        except BrokenPipeError:
            answer = []
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGSTOP)
        return float(answer[0]) if len(answer) == 2 else None

    def end(self):
        self.process.kill()
        self.process.wait()


class Tidemill:
    name = "Tidemill"

    def __init__(self, path, threads):
        self.path, self.threads = path, threads

    def run(self, *arguments, given=""):
        done = subprocess.run(
            [self.path, *arguments, "--format", "json"], input=given, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"tidemill {' '.join(arguments[:2])}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def gemm(self, shape, dtype):
        return self.run(
            "bench", "gemm", "--shapes", "-", "--dtype", dtype, "--threads", str(self.threads),
            given=shape)[0]

    def elementwise(self, name, rows, columns):
        return self.run(
            "bench", "elementwise", name, "--rows", str(rows), "--columns", str(columns),
            "--threads", str(self.threads))[0]


def environment(threads):
    """As many threads for every library, and each its best kernels."""
    result = dict(os.environ)
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # they hold OpenBLAS to older kernels
        result.pop(name, None)
    for name in ("OMP", "MKL", "OPENBLAS", "BLIS"):
        result[name + "_NUM_THREADS"] = str(threads)
    try:
        with open("/proc/cpuinfo") as file:
            if "avx512f" in file.read():  # BLIS takes generic kernels on CPUs that it does not know
                result.setdefault("BLIS_ARCH_TYPE", "skx")
    except OSError:
        pass
    return result


def find(patterns):
    """The first file of some patterns."""
    return next((path for pattern in patterns for path in sorted(glob.glob(pattern))), None)


def blas_libraries(python, given):
    """Name, path, functions for float and double, and width of integers of each BLAS library, given or found."""
    found = {}
    for text in given:
        name, _, rest = text.partition("=")
        path, *details = rest.split(",")
        usual = ["cblas_sgemm", "cblas_dgemm", "lp64"]
        found[name] = (path, *(details + usual[len(details):])[:3])
    prefix = subprocess.run(
        [python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True
    ).stdout.strip() or sys.prefix
    numpy = find([f"{prefix}/lib/python3*/site-packages/numpy.libs/libscipy_openblas64_*.so"])
    openblas = find(["/usr/lib/*/openblas-*/libopenblas.so*", "/usr/lib*/libopenblas.so*"])
    if numpy:
        found.setdefault("OpenBLAS", (numpy, "scipy_cblas_sgemm64_", "scipy_cblas_dgemm64_", "ilp64"))
    elif openblas or ctypes.util.find_library("openblas"):
        path = openblas or ctypes.util.find_library("openblas")
        found.setdefault("OpenBLAS", (path, "cblas_sgemm", "cblas_dgemm", "lp64"))
    mkl = find([f"{prefix}/lib/libmkl_rt.so*", "/opt/intel/oneapi/mkl/latest/lib/libmkl_rt.so*",
                "/usr/lib/*/libmkl_rt.so*"])
    if mkl:
        found.setdefault("MKL", (mkl, "cblas_sgemm", "cblas_dgemm", "lp64"))
    blis = find(["/usr/lib/*/blis-openmp/libblis.so*", "/usr/lib*/libblis.so*"])
    if blis:
        found.setdefault("BLIS", (blis, "cblas_sgemm", "cblas_dgemm", "lp64"))
    return found


def build_blas_peer(folder):
    """The driver of BLAS libraries, compiled."""
    compiler = next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)
    if not compiler:
        raise Missing("there is no C compiler to build its driver with")
    program = os.path.join(folder, "blas_peer")
    built = subprocess.run(
        [compiler, "-O2", os.path.join(HERE, "blas_peer.c"), "-o", program, "-ldl"],
        capture_output=True, text=True)
    if built.returncode != 0:
        raise Missing("its driver does not compile")
    return program


def start(peers, threads, python, given_blas, folder):
    """Appends all peers that are there; returns why the others are not, name to reason."""
    missing = {}

    def attempt(name, command, settings):
        try:
            peers.append(Peer(name, command(), settings))
        except (Missing, OSError) as reason:
            missing[name] = str(reason)

    libraries = blas_libraries(python, given_blas)
    for name in sorted({"OpenBLAS", "MKL", "BLIS"} | set(libraries)):
        if name not in libraries:
            missing[name] = "no library was found; give one with --blas"
            continue
        path, single, double, width = libraries[name]
        settings = environment(threads)
        settings["LD_LIBRARY_PATH"] = ":".join(
            filter(None, [os.path.dirname(path), settings.get("LD_LIBRARY_PATH")]))
        attempt(name, lambda: [build_blas_peer(folder), path, single, double, width], settings)
    for name, library in (("NumPy", "numpy"), ("PyTorch", "torch"),
                          ("PyTorch compiled", "torch-compiled"), ("JAX", "jax")):
        script = os.path.join(HERE, "python_peer.py")
        attempt(name, lambda: [python, script, library, str(threads)], environment(threads))
    return missing
