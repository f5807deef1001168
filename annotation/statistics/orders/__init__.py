"""Models of orders: rankings with and without ties, best–worst choices, ratings together with rankings."""
