"""Studies: their immutable versions, stages, arms, quotas, enrolments and recruitment."""
