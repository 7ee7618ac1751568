"""Counters of the delivery, in the form that Prometheus reads; no route serves them yet. Labels are codes of ours or of Slack; never a text, never a user."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RESULTS = Counter("mailports_results", "Deliveries of questions, by what became of them.", ["result"])
"""answered, owed, silent, duplicate, in_progress, dropped, withdrawn, closing."""

TRIES = Counter("mailports_post_tries", "Tries to post one message, by outcome.", ["outcome"])
"""posted, found (it was already there), rate_limited, transient, refused, plain (sent as plain text instead)."""

DROPPED = Counter("mailports_answers_dropped", "Answers given up for good, by reason.", ["reason"])

DOUBLED = Counter("mailports_answers_doubled", "Questions of which two messages are known to be out.")

UNVERIFIED = Counter(
    "mailports_posts_unverified", "Posts after a try of unknown outcome where there was no way to look first."
)

RETAKEN = Counter("mailports_claims_retaken", "Claims taken over because their holder went silent.")

UNRECORDED = Counter("mailports_posts_unrecorded", "Messages that are out although the ledger could not be told.")

HANDED_OVER = Counter("mailports_owed_handed_over", "Owed answers given to the durable engine.")

OWED = Gauge("mailports_answers_owed", "Answers owed at the last look.")

ANSWER_SECONDS = Histogram(
    "mailports_answer_seconds",
    "From the delivery of a question to the answer's being out, where this happened before the acknowledgement.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0),
)
