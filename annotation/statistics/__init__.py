"""Pure statistics over rows of judgements: agreement, consistency, ranking models and their intervals."""
