"""Mesh and tolerance of the reference, and how to refine them."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Mesh:
    """Finite volumes of the reference.

    Attributes
    ----------
    nodes : int
        Volumes across the electrode.
    shells : int
        Volumes along the particle radius.
    shell_stretch : float
        Grading of the shells towards the surface (PyBaMM's ``Exponential1DSubMesh``): the
        innermost shell is about ``exp(shell_stretch)`` times as thick as the outermost.  0 is
        uniform.
    node_stretch : float
        The same for the electrode, towards the separator, where the reaction starts.
    separator_nodes : int
        Volumes across the separator; its potential is linear in x, so few suffice.
    """

    nodes: int = 40
    shells: int = 120
    shell_stretch: float = 3.0
    node_stretch: float = 0.0
    separator_nodes: int = 4

    def with_double_shells(self) -> Mesh:
        """Return the mesh with twice the shells, at the same grading.

        Returns
        -------
        Mesh
        """
        return replace(self, shells=2 * self.shells)

    def with_double_nodes(self) -> Mesh:
        """Return the mesh with twice the volumes across the electrode.

        Returns
        -------
        Mesh
        """
        return replace(self, nodes=2 * self.nodes)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Tolerances of PyBaMM's integrator (IDA) and of its start values.

    Attributes
    ----------
    relative, absolute : float
        Local error allowed a step; absolute in PyBaMM's scaled states, for which 1 is c_max
        in a particle and about a volt for a potential.
    """

    relative: float = 1.0e-6
    absolute: float = 1.0e-6

    def tightened(self, factor: float = 10.0) -> Tolerance:
        """Return both tolerances divided by a factor.

        Parameters
        ----------
        factor : float
            Divisor.

        Returns
        -------
        Tolerance
        """
        return Tolerance(self.relative / factor, self.absolute / factor)
