"""Charge transfer across a solid-solid interface: Butler-Volmer kinetics solved for overpotential."""

from math import asinh, exp, log, sqrt

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.options import embedded_kernel


@embedded_kernel
def butler_volmer_overpotential(
    ratio: float, transfer_coefficient: float, temperature: float
) -> tuple[float, float]:
    """Overpotential that drives a current, and its slope.

    Solves ``j / j0 = exp(alpha F eta / R T) - exp(-(1 - alpha) F eta / R T)`` for eta. With
    alpha = 1/2 the solution is ``eta = (2 R T / F) asinh(j / 2 j0)``; else a Newton iteration held
    in a bracket.

    Parameters
    ----------
    ratio
        j / j0, positive where the surface is oxidised.
    transfer_coefficient
        Anodic alpha, between 0 and 1.
    temperature
        T, K.

    Returns
    -------
    (float, float)
        Overpotential eta in V, and ``d eta / d(j / j0)`` in V.
    """
    thermal = GAS * temperature / FARADAY
    alpha = transfer_coefficient
    if alpha == 0.5:
        return 2.0 * thermal * asinh(0.5 * ratio), 2.0 * thermal / sqrt(ratio * ratio + 4.0)
    # At the far end of the bracket the forward branch alone exceeds 1 + |ratio|, and the back reaction
    # takes away less than 1: the root lies in between.
    if ratio >= 0.0:
        low, high = 0.0, log(1.0 + ratio) / min(alpha, 1.0 - alpha)
    else:
        low, high = -log(1.0 - ratio) / min(alpha, 1.0 - alpha), 0.0
    x = 2.0 * asinh(0.5 * ratio)
    x = min(max(x, low), high)
    for _ in range(100):
        forward, backward = exp(alpha * x), exp(-(1.0 - alpha) * x)
        residual = forward - backward - ratio
        if residual > 0.0:
            high = x
        else:
            low = x
        step = -residual / (alpha * forward + (1.0 - alpha) * backward)
        new = x + step
        if not low <= new <= high:
            new = 0.5 * (low + high)
        change = abs(new - x)
        x = new
        if change <= 1e-15 * (1.0 + abs(x)):
            break
    gradient = alpha * exp(alpha * x) + (1.0 - alpha) * exp(-(1.0 - alpha) * x)
    return thermal * x, thermal / gradient
