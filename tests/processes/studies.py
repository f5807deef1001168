"""Short studies for bots in a hurry."""

SHORT = """
format: 1
slug: short
title: Short
minutes: 2
contact: {name: The lab, email: lab@example.org}
models: all
budget: {usd: USD}
stages:
  - id: consent
    kind: consent
    title: Before you start
    version: "1"
    body: You talk to a program and say which answer is better.
    purposes: [{key: take_part, text: I take part, required: true}]
  - id: about
    kind: survey
    title: About you
    pages:
      - id: one
        title: About you
        items:
          - {id: familiar, kind: single, label: How familiar, options: [{key: a, label: Not}, {key: b, label: Very}]}
          - {id: story, kind: text, label: Tell us more}
      - id: two
        title: And
        items: [{id: more, kind: text, label: Anything else}]
  - id: chat
    kind: conversation
    title: Talk
    types: [{key: unguided, title: Anything, wanted: 2}]
    opening: {mode: models, k: 3}
    later: {mode: samples, k: 2}
    min_turns: 2
    max_turns: 3
    patience: {attempts: 2, replacements: 2, timeout_s: WAIT}
    feedback:
      - id: feedback
        title: One more
        items: [{id: why, kind: text, label: What made it better}]
  - id: end
    kind: debrief
    title: Thank you
    text: That was all.
"""


def short(usd: float = 50, wait: float = 20) -> str:
    """Return the short study's YAML with a budget in US dollars and a wait for a model's first word in seconds."""
    return SHORT.replace("USD", f"{usd:g}").replace("WAIT", f"{wait:g}")
