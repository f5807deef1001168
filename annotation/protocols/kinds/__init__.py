"""One module per way of asking."""
