"""Comparison with PyBaMM: the reference, the cases, and what counts as agreement."""
