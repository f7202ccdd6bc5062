"""Effective transport through a composite electrode, and what of it stays usable."""

from math import log, sqrt, tanh

from solidcell.kernels.options import embedded_kernel


@embedded_kernel
def percolation_conductivity(
    conductivity: float, fraction: float, threshold: float, exponent: float
) -> float:
    """Effective conductivity of a phase that has to percolate, S/m.

    ``kappa_eff = kappa [(eps - eps_c) / (1 - eps_c)]^t``, zero up to the threshold (Kirkpatrick
    1973, doi 10.1103/RevModPhys.45.574).

    Parameters
    ----------
    conductivity
        Of the pure phase kappa, S/m.
    fraction, threshold
        Volume fraction of the phase eps, and the one eps_c from which it connects.
    exponent
        t.
    """
    if fraction <= threshold:
        return 0.0
    return float(conductivity * ((fraction - threshold) / (1.0 - threshold)) ** exponent)


@embedded_kernel
def bruggeman_conductivity(conductivity: float, fraction: float, exponent: float) -> float:
    """Effective conductivity ``kappa eps^b``, S/m (Bruggeman 1935, doi 10.1002/andp.19354160705).

    Parameters
    ----------
    conductivity
        Of the pure phase kappa, S/m.
    fraction
        Volume fraction of the phase eps.
    exponent
        b, 3/2 for spheres.
    """
    return float(conductivity * fraction**exponent)


@embedded_kernel
def tortuous_conductivity(conductivity: float, fraction: float, tortuosity_factor: float) -> float:
    """Effective conductivity ``kappa eps / tau^2``, S/m.

    Parameters
    ----------
    conductivity
        Of the pure phase kappa, S/m.
    fraction
        Volume fraction of the phase eps.
    tortuosity_factor
        tau^2, the square of the relative path length; at least 1.
    """
    return conductivity * fraction / tortuosity_factor


@embedded_kernel
def electronic_threshold(particle_diameter: float) -> float:
    """Volume fraction from which active particles connect electronically without carbon.

    ``p_c = 7.83 log(d / um) + 36.67 vol%`` of the electrode (Bielefeld 2019,
    doi 10.1021/acs.jpcc.8b11043).

    Parameters
    ----------
    particle_diameter
        d, m.
    """
    return 0.01 * (7.83 * log(particle_diameter * 1e6) + 36.67)


@embedded_kernel
def film_utilisation(contact_fraction: float, damkoehler: float) -> float:
    """Share of a film electrode's capacity that can be used through partial contact.

    ``Q_use / Q_0 = theta + (1 - theta) tanh(sqrt(Da)) / sqrt(Da)``: between confined columns, of which
    only those in contact work, and lateral diffusion that reaches everything. The limits are those
    of Tian and Qi 2017, doi 10.1149/2.0481711jes.

    Parameters
    ----------
    contact_fraction
        theta.
    damkoehler
        ``Da = l^2 / (D_s t)``: l half the width of a patch without contact, t the time of discharge.
    """
    if damkoehler == 0.0:
        return 1.0
    root = sqrt(damkoehler)
    reached = tanh(root) / root
    return contact_fraction + (1.0 - contact_fraction) * reached
