"""Benchmarks: each measures a ratio within one run, so that the machine's mood cancels out."""
