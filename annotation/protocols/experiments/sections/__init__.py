"""The parts of the comparison report, one module each: a function from the selected rows to plain numbers."""
