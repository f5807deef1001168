"""The personalities of the simulator: one model id each, told apart by length, tone, structure and stance."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["prose", "steps", "bullets"]


@dataclass(frozen=True, slots=True)
class Taste:
    """How one simulated model judges responses, in parts of a scale from 0 to 1.

    ``first`` is what standing first adds (negative: takes away), ``longer`` what twice the usual length does,
    ``noise`` the standard deviation of its moods, ``tie`` the difference up to which two are alike to it;
    ``fenced`` and ``prose`` are shares of its replies: JSON among sentences, and sentences alone.
    """

    first: float = 0.0
    longer: float = 0.0
    noise: float = 0.03
    tie: float = 0.03
    fenced: float = 0.0
    prose: float = 0.0


@dataclass(frozen=True, slots=True)
class Personality:
    """How one simulated model speaks: the moves it makes (kinds of sentence), in which form, how long."""

    model_id: str
    label: str
    moves: tuple[str, ...]
    form: Form = "prose"
    length: float = 1.0  # of the words asked for
    language: str | None = None  # answers in this language whatever it is asked in
    price_in: float = 0.5  # fictional, US dollars per million tokens
    price_out: float = 1.5
    taste: Taste = Taste()


_ALL = (
    Personality("sim-plain", "Simulated Plain", ("answer", "evidence", "sum"), length=0.7),
    Personality("sim-warm", "Simulated Warm", ("see", "care", "answer", "sum"), price_in=1, price_out=3),
    Personality(
        "sim-blunt",
        "Simulated Blunt",
        ("blunt",),
        length=0.35,
        price_in=0.1,
        price_out=0.4,
        taste=Taste(first=0.25),
    ),
    Personality(
        "sim-scholar",
        "Simulated Scholar",
        ("evidence", "balance", "evidence", "answer"),
        length=1.6,
        price_in=5,
        price_out=15,
        taste=Taste(longer=0.3),
    ),
    Personality(
        "sim-balanced", "Simulated Balanced", ("balance", "answer", "balance", "sum"), price_in=2, price_out=6
    ),
    Personality("sim-tradition", "Simulated Tradition", ("tradition", "answer", "tradition", "sum")),
    Personality("sim-freedom", "Simulated Freedom", ("freedom", "answer", "freedom", "sum")),
    Personality("sim-care", "Simulated Care", ("care", "see", "care", "sum")),
    Personality("sim-steps", "Simulated Steps", ("answer", "step"), form="steps", length=1.2),
    Personality("sim-bullets", "Simulated Bullets", ("answer", "point"), form="bullets", length=1.1),
    Personality("sim-socratic", "Simulated Socratic", ("ask", "ask", "ask"), length=0.8),
    Personality("sim-story", "Simulated Story", ("story", "answer", "story", "sum"), length=1.3),
    Personality(
        "sim-cautious",
        "Simulated Cautious",
        ("caution", "balance", "caution", "answer"),
        length=1.1,
        taste=Taste(tie=0.3),
    ),
    Personality("sim-cheer", "Simulated Cheer", ("cheer", "answer", "cheer", "sum"), length=0.9),
    Personality("sim-formal", "Simulated Formal", ("formal", "evidence", "formal", "formal"), length=1.2),
    Personality("sim-english", "Simulated English only", ("answer", "freedom", "answer"), language="en"),
)

PERSONALITIES: dict[str, Personality] = {each.model_id: each for each in _ALL}
