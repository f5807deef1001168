"""The refusal of the statistics: a number that would mean nothing."""


class NotEstimable(ValueError):
    """The rows cannot support the statistic that was asked for; ``reason`` is a sentence for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
