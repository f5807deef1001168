"""Who takes part: recruitment identity, participant, session, consent and withdrawal."""
