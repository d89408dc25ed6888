"""The rival: gradient-boosted trees of scikit-learn on the same features, printed as one line of JSON.

Usage: python sklearn_hgb.py DIRECTORY, which holds features.bin (16 bytes a flight), bad.bin and month.bin (1 byte a flight).
Same split as ours: months 1-8 train, 9-10 choose among the settings below, 11-12 are scored once.
"""
import json
import pathlib
import sys

import numpy
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

SETTINGS = [
    {},
    {"max_iter": 100, "learning_rate": 0.05, "max_leaf_nodes": 15, "min_samples_leaf": 200},
    {"max_iter": 200, "learning_rate": 0.05, "max_leaf_nodes": 31, "min_samples_leaf": 200, "l2_regularization": 5.0},
]

directory = pathlib.Path(sys.argv[1])
features = numpy.fromfile(directory / "features.bin", dtype=numpy.uint8).reshape(-1, 16)
bad = numpy.fromfile(directory / "bad.bin", dtype=numpy.uint8)
month = numpy.fromfile(directory / "month.bin", dtype=numpy.uint8)
train, tune, held_out = month <= 8, (month >= 9) & (month <= 10), month >= 11


def area(model, rows):
    return float(roc_auc_score(bad[rows], model.predict_proba(features[rows])[:, 1]))


models = [HistGradientBoostingClassifier(random_state=0, **s).fit(features[train], bad[train]) for s in SETTINGS]
tuning = [area(model, tune) for model in models]
best = tuning.index(max(tuning))
print(json.dumps({"name": f"HistGradientBoosting, scikit-learn {sklearn.__version__}", "settings": SETTINGS[best],
                  "tuneAuc": round(tuning[best], 6), "auc": round(area(models[best], held_out), 6)}))
