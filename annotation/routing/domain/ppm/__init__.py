"""The published frame: from how many items of every tag go to people, to a metric of the whole set of labels.

HyPER (Miranda et al. 2025) trains a reward model for each candidate routing and predicts its score from tag counts. It
is for metrics that do not add up over items (routing.md §2.7 B, C, E); for agreement with gold a router is better.
"""
