"""Learning from labelled posts: ``fit`` makes a head, which ``score`` asks, ``save`` keeps and ``load`` brings back.

    from rapport.understanding import training
    head = training.fit("sentiment", rows, progress=lambda share, what: None)
    training.save(head, folder)                             # folder/sentiment.head
    head = training.load(folder, "sentiment")
    chances = training.score(head, training.prepare(texts)) # (posts, labels), calibrated, numpy
    said = training.name(head, chances)                     # one tuple of labels for each post

A row is a mapping: ``text``; ``label`` (a word, or a list of words for ``ekman``); and, where the caller has them,
``weight`` (how much it counts, 1 if absent) and ``extra`` (figures of the caller's own, as many in every row, given
again as ``extra=`` when scoring). ``TASKS`` are the tasks with a field or a meaning of their own; any other word is a
task too and learns whatever labels its rows carry. A label ``oos`` means "none of these" and becomes a bar of doubt.

``fit`` is pure and has no chance in it: the same rows in the same order give the same bytes. It raises ValueError with
a sentence where the rows cannot be learned from. ``apart`` divides rows so that no text stands on both sides;
``measure`` fits on some rows and scores others, which is how a model should be compared with the one before.
scikit-learn is imported when something is fitted and at no other time. ``python -m rapport.understanding.training
--data DIR`` trains the weights that are shipped.
"""

from rapport.understanding.heads import Head, Prepared, load, name, prepare, prepared, save, score
from rapport.understanding.training.examples import TASKS, apart
from rapport.understanding.training.fitting import fit
from rapport.understanding.training.measuring import measure

__all__ = [
    "TASKS", "Head", "Prepared", "apart", "fit", "load", "measure", "name", "prepare", "prepared", "save", "score",
]  # fmt: skip
