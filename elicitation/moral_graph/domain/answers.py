"""The answers there are to a story, and how few of them weigh: names and numbers, for parts that must load quickly."""

OUTCOMES = ("wiser", "not_wiser", "unsure", "both", "depends", "bad_story")
WISER, NOT_WISER, UNSURE = 0, 1, 2
JUDGED = 3  # outcomes below this one answer "is it wiser?"; the others say why the question did not fit
ANSWERS = 4  # wiser, not wiser, unsure, less wise (a "wiser" to the opposite step)
PRIOR = 0.5  # Jeffreys' prior for each of the four answers
