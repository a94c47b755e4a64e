"""Writes the metrics that Tidemill's are compared with.

  python3 make_goldens.py      (scikit-learn 1.9, NumPy; writes metrics.json beside itself)
"""

import json
import pathlib

import numpy as np
from sklearn import metrics


def scores(draw, samples, classes):
    """float32 numbers without ties in a row, as scikit-learn breaks ties the other way around."""
    values = draw.normal(0, 1, (samples, classes)).astype(np.float32)
    assert all(len(set(row)) == classes for row in values)
    return values


def case(name, labels, values):
    labels, classes = np.asarray(labels), values.shape[1]
    predicted = values.argmax(1)
    all_classes = list(range(classes))
    result = {
        "name": name, "classes": classes, "labels": labels.tolist(), "scores": values.ravel().astype(float).tolist(),
        "predicted": predicted.tolist(),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=all_classes).tolist(),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "topK": [metrics.top_k_accuracy_score(labels, values, k=k, labels=all_classes) if k < classes else 1.0
                 for k in range(1, classes + 1)],
    }
    for average in (None, "macro", "micro", "weighted"):
        precision, recall, f1, support = metrics.precision_recall_fscore_support(
            labels, predicted, labels=all_classes, average=average, zero_division=0)
        result[average or "classes_"] = {
            "precision": np.atleast_1d(precision).tolist(), "recall": np.atleast_1d(recall).tolist(),
            "f1": np.atleast_1d(f1).tolist(), "support": [] if support is None else support.tolist(),
        }
    return result


def main():
    draw = np.random.default_rng(5)
    cases = []
    values = scores(draw, 200, 7)
    labels = draw.integers(0, 7, 200)
    values[np.arange(200), labels] += 1.5
    cases.append(case("better than chance", labels, values))
    # Class 3 has no samples, class 1 is never predicted, class 4 has neither.
    values = scores(draw, 60, 5)
    values[:, 1] -= 50
    values[:, 4] -= 60
    cases.append(case("classes that are missing", draw.choice([0, 1, 2], 60), values))
    cases.append(case("one sample", [2], scores(draw, 1, 3)))
    values = scores(draw, 40, 3)
    cases.append(case("never right", (values.argmax(1) + 1) % 3, values))
    text = json.dumps(cases, indent=None)
    (pathlib.Path(__file__).parent / "metrics.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


main()
