"""Draw whole studies from a design and put each through the planned test."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.sparse import csr_array

from annotation.statistics.estimate import Estimate
from annotation.statistics.power.analytic import degrees, raters_of
from annotation.statistics.power.latent import Latent
from annotation.statistics.rows import FloatArray, IntArray

_CELLS = 1_000_000  # judgements × studies held at a time


@dataclass(frozen=True)
class Simulated(Estimate):
    """What the planned test does over ``simulations`` drawn studies, in shares; ``error`` is their largest
    standard error (half-widths in points).

    The test: t of the mean (or of the difference of the protocols' means) with a covariance clustered by person
    and by pair at once. ``type_1`` is how often it finds an effect where there is none.
    """

    half_width: float
    power: float
    type_1: float
    coverage: float
    simulations: int
    error: float


def simulate(latent: Latent, *, simulations: int, seed: int) -> Simulated:
    """Return rates over drawn studies; the study without effect uses the same draws as the one with."""
    design = latent.design
    rng = np.random.default_rng(seed)
    people = np.concatenate(raters_of(design))
    pair = np.tile(np.repeat(np.arange(design.pairs), design.per_pair), design.protocols)
    protocol = np.repeat(np.arange(design.protocols), design.pairs * design.per_pair)
    single = design.protocols == 1
    tested = _Test(people, pair, protocol, design.annotators, degrees(design), design.alpha)
    # A single protocol stands at base + effect and is tested against base.
    truth = np.array([latent.means[1]] if single else latent.means)[protocol]
    null = np.full(len(protocol), latent.means[0])
    against = latent.value(0) if single else 0.0
    effect = latent.value(1) - latent.value(0)
    tallies = np.zeros(4)
    batch = max(_CELLS // len(protocol), 1)
    for start in range(0, simulations, batch):
        size = min(batch, simulations - start)
        noise = _noise(latent, people, pair, protocol, size, rng)
        found, half = tested(_values(latent, truth + noise) - against)
        empty, empty_half = tested(_values(latent, null + noise) - against)
        tallies += [
            half.sum(),
            (np.abs(found) > half).sum(),
            (np.abs(empty) > empty_half).sum(),
            (np.abs(found - effect) <= half).sum(),
        ]
    half_width, power, type_1, coverage = (tallies / simulations).tolist()
    rates = np.array([power, type_1, coverage])
    error = float(np.sqrt(rates * (1 - rates) / simulations).max())
    return Simulated(100 * half_width, power, type_1, coverage, simulations, error)


def _noise(
    latent: Latent, people: IntArray, pair: IntArray, protocol: IntArray, size: int, rng: np.random.Generator
) -> FloatArray:
    design = latent.design
    noise = rng.standard_normal((size, len(people)), dtype=np.float32).astype(np.float64)
    for sd, code, count in (
        (design.rater_sd, people, design.annotators),
        (design.item_sd, pair, design.pairs),
        (design.rater_by_protocol_sd, people + design.annotators * protocol, 2 * design.annotators),
        (design.item_by_protocol_sd, pair + design.pairs * protocol, 2 * design.pairs),
    ):
        if sd:
            noise += sd * rng.standard_normal((size, count))[:, code]
    return noise


def _values(latent: Latent, scale: FloatArray) -> FloatArray:
    found = np.full(scale.shape, latent.scores[0])
    for cut, step in zip(latent.cuts, np.diff(latent.scores), strict=True):
        found += step * (scale > cut)
    return found


class _Test:
    """The planned test as a function of values (studies × judgements) → (estimate, half-width)."""

    def __init__(
        self, people: IntArray, pair: IntArray, protocol: IntArray, annotators: int, free: int, alpha: float
    ) -> None:
        count = np.bincount(protocol)
        self.means = _member(protocol) / count[:, None]
        self.weight = (1 if len(count) == 1 else np.where(protocol == 1, 1.0, -1.0)) / count[protocol]
        self.protocol = protocol
        self.people, self.pairs = _member(people), _member(pair)
        cell = np.unique(pair * annotators + people, return_inverse=True)[1]
        self.cells = _member(cell) if cell.max() + 1 < len(cell) else None  # None: every judgement its own
        self.critical = float(stats.t.ppf(1 - alpha / 2, free))

    def __call__(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        means = self.means @ values.T
        estimate = means[0] if len(means) == 1 else means[1] - means[0]
        influence = ((values - means.T[:, self.protocol]) * self.weight).T
        by_person, by_pair = _squares(self.people, influence), _squares(self.pairs, influence)
        alone = (influence**2).sum(axis=0) if self.cells is None else _squares(self.cells, influence)
        variance = by_person + by_pair - alone
        # Subtracting may leave less than nothing in a small study; then the larger one-way variance stands.
        variance = np.where(variance > 0, variance, np.maximum(by_person, by_pair))
        half: FloatArray = self.critical * np.sqrt(variance)
        return estimate, half


def _member(codes: IntArray) -> "csr_array":
    n = len(codes)
    return csr_array((np.ones(n), (codes, np.arange(n))), shape=(int(codes.max()) + 1, n))


def _squares(member: "csr_array", influence: FloatArray) -> FloatArray:
    sums = member @ influence
    groups = member.shape[0]
    found: FloatArray = (sums**2).sum(axis=0) * groups / (groups - 1)
    return found
