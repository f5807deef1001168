"""Ways of asking: feedback protocols, the items they are asked about, presentations and judgements."""
