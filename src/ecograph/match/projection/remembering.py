"""What the texts of a later revision mean, from what those of an earlier one did: only what is new is looked up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ecograph.match.projection.evidence import Wording
from ecograph.match.projection.meaning import Key, Meaning, Told, concept_texts, key_of, texts_of
from ecograph.text.embedding import Floats

_BEHIND_ALL: Final = "\U0010ffff"


def changed(meaning: Meaning, told: Told, touched: Sequence[int]) -> Meaning:
    """
    The meaning of the texts where those of some things are others; and of those that have been read meanwhile.

    Args:
        meaning: That of the earlier revision, which stays as it is.
        told: The later revision.
        touched: Thing numbers.
    """
    vectors = meaning.vectors
    about = len(dict.fromkeys(concept_texts(told.hierarchy)))
    if vectors is None or vectors.embedder is None or len(meaning.labels) < about:
        return Meaning.build(told, vectors)
    new = [
        (thing, key, wording)
        for thing in sorted(touched)
        for wording in texts_of(told, thing)
        if (key := key_of(wording))[1]
    ]
    speaking = np.ones(len(told.kinds), dtype=np.bool_)
    speaking[list(touched)] = False
    kept = speaking[meaning.things]
    used = np.bincount(meaning.texts[kept], minlength=len(meaning.keys)) > 0
    unknown = []
    for key in sorted({key for _, key, _ in new}):
        at = bisect_left(meaning.keys, key)
        if at < len(meaning.keys) and meaning.keys[at] == key:
            used[at] = True
        else:
            unknown.append((at, key))

    # Texts stay in their order, so that every sum over them is the same as in a meaning built afresh.
    keys = [key for key, stays in zip(meaning.keys, used.tolist(), strict=True) if stays]
    before = np.concatenate(([0], np.cumsum(used)))
    places = before[[at for at, _ in unknown]].astype(np.int64)
    for place, (_, key) in reversed(list(zip(places.tolist(), unknown, strict=True))):
        keys.insert(place, key)
    read = np.insert(meaning.read[used], places, False)
    missing = np.flatnonzero(~read)
    rows, found = vectors.known([keys[row][1] for row in missing])
    matrix = meaning.matrix
    if len(places) or found.any() or not used.all():
        matrix = _spliced(matrix, used, places)
        if found.any():
            matrix[missing[found]], read[missing] = rows[found], found

    moved = before[:-1] + np.searchsorted(places, before[:-1], side="right")
    owners = np.asarray([thing for thing, _, _ in new], dtype=np.int32)
    numbers = np.asarray([bisect_left(keys, key) for _, key, _ in new], dtype=np.int32)
    things = meaning.things[kept]
    at_row = np.searchsorted(things, owners, side="right")
    return replace(
        meaning,
        size=len(told.kinds),
        share=float((read.sum() + len(meaning.labels)) / max(len(keys) + about, 1)),
        things=np.insert(things, at_row, owners),
        texts=np.insert(moved[meaning.texts[kept]].astype(np.int32), at_row, numbers),
        wordings=_inserted(meaning.wordings, kept, at_row, [wording for _, _, wording in new]),
        keys=tuple(keys),
        matrix=matrix,
        read=read,
        groups=_groups(keys),
    )


def _spliced(matrix: Floats, used: NDArray[np.bool_], places: NDArray[np.int64]) -> Floats:
    """The rows that stay, with rows of zeros where new ones come; copied in as few pieces as can be."""
    size = int(used.sum()) + len(places)
    found = np.zeros((size, matrix.shape[1]), dtype=matrix.dtype)
    old = np.flatnonzero(used)
    new = np.delete(np.arange(size), places + np.arange(len(places)))
    cuts = np.flatnonzero((np.diff(old) != 1) | (np.diff(new) != 1)) + 1
    for piece in np.split(np.arange(len(old)), cuts):
        if len(piece):
            first, last = piece[0], piece[-1]
            found[new[first] : new[last] + 1] = matrix[old[first] : old[last] + 1]
    return found


def _inserted(
    known: Sequence[Wording], kept: NDArray[np.bool_], places: NDArray[np.int64], new: Sequence[Wording]
) -> tuple[Wording, ...]:
    found = [wording for wording, stays in zip(known, kept.tolist(), strict=True) if stays]
    for place, wording in reversed(list(zip(places.tolist(), new, strict=True))):
        found.insert(place, wording)
    return tuple(found)


def _groups(keys: Sequence[Key]) -> tuple[tuple[str, int, int], ...]:
    found = []
    first = 0
    while first < len(keys):
        group = keys[first][0]
        last = bisect_left(keys, (group, _BEHIND_ALL), lo=first)
        found.append((group, first, last))
        first = last
    return tuple(found)
