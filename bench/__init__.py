"""What "fast" means, measured: one file for each question, each against a floor in the same run (docs/architecture.md)."""
