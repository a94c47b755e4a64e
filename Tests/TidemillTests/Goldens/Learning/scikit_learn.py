"""What scikit-learn's MLPClassifier reaches on the digits, on the very splits that Digits.load makes, and the principal
components of the digits: python3 scikit_learn.py > scikit_learn.json"""

import gzip
import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

ROOT = pathlib.Path(__file__).resolve().parents[4]
MASK = (1 << 64) - 1


class SplitMix64:
    """Steele, Lea, Flood, 2014; as SeededGenerator."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def index(self, bound):
        """Lemire, 2019."""
        threshold = (1 << 64) % bound
        while True:
            product = bound * self.next()
            if product & MASK >= threshold:
                return product >> 64

    def shuffled(self, count):
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.index(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def split(rows, seed):
    order = SplitMix64(seed).shuffled(len(rows))
    count = round(len(rows) * 0.2)
    test, train = rows[order[:count]], rows[order[count:]]
    return train[:, :64] / 16, train[:, 64], test[:, :64] / 16, test[:, 64]


def main():
    with gzip.open(ROOT / "Sources/Tidemill/Data/Resources/digits.csv.gz", "rt") as file:
        rows = numpy.loadtxt(file, delimiter=",", dtype=int)
    warnings.simplefilter("ignore", ConvergenceWarning)  # all epochs are run, on purpose
    settings = dict(
        hidden_layer_sizes=(64,), solver="adam", learning_rate_init=0.001, batch_size=32,
        max_iter=60, alpha=0, tol=0, n_iter_no_change=1000)
    accuracy = {}
    for name in ["tanh", "sigmoid", "relu"]:
        accuracy[name] = []
        for seed in range(1, 6):
            x, y, test_x, test_y = split(rows, seed)
            activation = "logistic" if name == "sigmoid" else name
            model = MLPClassifier(activation=activation, random_state=seed, **settings).fit(x, y)
            accuracy[name].append(float(model.score(test_x, test_y)))
    x, _, test_x, test_y = split(rows, 1)
    singular = numpy.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    print(json.dumps(dict(
        versions=dict(scikit_learn=sklearn.__version__, numpy=numpy.__version__),
        settings={key: value for key, value in settings.items()},
        # The first test labels of each split, to tell that it is the same one.
        labels=[split(rows, seed)[3][:20].tolist() for seed in range(1, 6)],
        accuracy=accuracy,
        # The mean squared error of a pixel of the training images of split 1 with two principal components.
        two_components=float((singular[2:] ** 2).sum() / x.size)), indent=1))


main()
