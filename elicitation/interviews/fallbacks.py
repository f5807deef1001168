"""Questions of our own, for the moments when a model's words could not be shown."""

from django.utils.translation import gettext as _


def own_question(stage: int, subject: str) -> str:
    """Return a question that fits a stage; which of two, by the last digit of ``subject``."""
    questions = {
        1: (
            _("Can you tell me about one time when this came up for you, or for somebody you know?"),
            _("Is there one moment you remember in which this mattered?"),
        ),
        2: (
            _("In that moment, what did you look at to know what to do?"),
            _("What was the first thing you noticed then?"),
        ),
        3: (
            _("What would you look at to know that this was the right thing to do?"),
            _("When would that not be right?"),
        ),
        4: (
            _("If you had to tell a friend what to look out for in such a moment, what would you say?"),
            _("What is still missing from what you told me?"),
        ),
    }
    pair = questions[min(max(stage, 1), 4)]
    return pair[sum(map(ord, subject)) % 2]
