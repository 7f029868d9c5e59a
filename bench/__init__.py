"""Benchmarks: `make bench`. What is measured here is reported, never tested: machines are noisy."""
