"""Worked examples that others have published, as small arrays."""

import numpy as np

NAN = np.nan
Vectors = tuple[np.ndarray, np.ndarray, np.ndarray]

# Krippendorff's alpha, Wikipedia: 3 coders (rows), 15 units.
CODERS = np.array(
    [
        [NAN, NAN, NAN, NAN, NAN, 3, 4, 1, 2, 1, 1, 3, 3, NAN, 3],
        [1, NAN, 2, 1, 3, 3, 4, 3, NAN, NAN, NAN, NAN, NAN, NAN, NAN],
        [NAN, NAN, 2, 1, 3, 4, 4, NAN, 2, 1, 1, 3, 3, NAN, 4],
    ]
).T

# Gwet, Handbook of Inter-Rater Reliability: 12 units (rows), 4 raters; the data set cac.raw4raters of irrCAC.
GWET = np.array(
    [
        [1, 1, NAN, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [NAN, 5, 5, 5],
        [NAN, NAN, 1, 1],
        [NAN, NAN, 3, NAN],
    ]
)

# Shrout and Fleiss 1979: 6 targets (rows), 4 judges.
SHROUT = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)

# Fleiss' kappa, Wikipedia: 10 subjects, how many of 14 raters chose each of 5 categories.
FLEISS = np.array(
    [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
)

# The human evaluation of Tülu 1 (Apache-2.0): the first two annotations, by time, of each instance annotated more
# than once. SIDES: two signs per instance (+ the first model by name, - the second, 0 a tie). ACCEPTABLE: four votes
# per instance, two on each model. SAME: s where one person gave both.
TULU_SIDES = (
    "00+0-+00++++00+0-+--++00-0++++++-00++0+++++00+0-++++00++++-0+0--00-+0+0+0000--++-0+++--0+-++++-+0--0"
    "-++0-+----+0+0-0+0-+--0-00+++--+--+++++++0-+++----00+++000+-+++-+000++++-0+0++++00+++++--0++++-+0-"
    "000+00-+++00-+000-++00++00-+00++++000000+000+++-++0+--0-"
)
TULU_ACCEPTABLE = (
    "yyyynnnnnnnnyyyyyyynyyynyyyyyyyynyynyyyyyyyyyyyyyyyyyynnyynyyynnyyyyyyyyyynyyynnnynyyynyyyyyynyyyynn"
    "yyyyyyyyyyyyyynnyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyynynynynnyyyyyyyyyynyyyyyyyyynynnyynnyyyyyyyyyyyy"
    "yyyyyyyyyyyyyyyyyyyyynynyynyyyyyyyyynyynnnynyyyyynynyyyyynnyyyyyyyyyyyyyyynyyyyyyynyyyyyyyyyyyyyyyyy"
    "yyyyyynnyynyyyyyyyyyynnnyyyyyyyynnnnyyyyyynyyyyyyynyyyyyyynnyyyyyynnyyyyyyyynnynyynnyyynyyyyyyyyyyyy"
    "yyyyyyyyyyyyyyyyyyyyyyyyyyyynnnyyynnyyyyyyyyyyyynynnnnnnyynnyyyyyyyyyyyyyyyyyyyynynyyyyyynnyyyyyyyyy"
    "yyyyyyyy"
)
TULU_SAME = (
    ".......................s.........................................................................s.."
    "..........s...........sss.."
)


def vectors(table: np.ndarray) -> Vectors:
    """Return (unit, value, rater) of a table of units × raters, with its gaps."""
    unit, rater = np.indices(table.shape)
    return unit.ravel(), table.ravel(), rater.ravel()


def from_counts(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (unit, value) of a table that counts values (columns) per unit (row)."""
    cells = [
        (unit, value)
        for unit, row in enumerate(counts)
        for value, times in enumerate(row)
        for _ in range(times)
    ]
    unit, value = np.array(cells).T
    return unit, value
