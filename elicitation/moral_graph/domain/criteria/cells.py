"""Small cells: a group too small to be told apart is hidden, and so is what a total would give away."""

from collections.abc import Sequence


def hidden(sizes: Sequence[int], k: int) -> list[bool]:
    """Return which cells of one row must not be shown, given that the row's total is known.

    Cells of 1 to k - 1 are hidden. What is hidden together must be at least ``k``, and at least two cells, or the
    total less the shown cells would tell it: the next smallest cells are hidden too. An empty cell tells nobody's
    answer; it is shown as it is and hides nothing.
    """
    found = [0 < size < k for size in sizes]
    if not any(found):
        return found
    others = sorted((size, place) for place, size in enumerate(sizes) if size > 0 and not found[place])
    while others and (sum(found) < 2 or sum(n for n, hide in zip(sizes, found, strict=True) if hide) < k):
        _size, place = others.pop(0)
        found[place] = True
    return found
