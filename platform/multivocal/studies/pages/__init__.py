"""The pages a participant sees, one module per subject."""
