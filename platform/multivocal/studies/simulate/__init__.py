"""Simulated participants: clients that know a study only from its pages and its socket, as browsers do."""
