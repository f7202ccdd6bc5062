"""Physical constants (CODATA 2018, exact by the definition of the SI)."""

FARADAY = 96485.33212
"""Faraday constant, C/mol."""

GAS = 8.314462618
"""Molar gas constant, J/(mol K)."""
