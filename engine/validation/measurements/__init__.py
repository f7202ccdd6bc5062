"""Published measurements that laws were calibrated to, computed once more by whole simulations."""

from solidcell.engine.validation.measurements.case import MeasurementCase, compare_measurement
from solidcell.engine.validation.measurements.composite import (
    CHARGE_TRANSFER,
    CONDUCTIVITY,
    VOLUME_CHANGE,
)
from solidcell.engine.validation.measurements.lithium import (
    CREEP,
    CRITICAL_CURRENT,
    INTERFACE,
    INTERPHASE,
)

MEASUREMENT_CASES: tuple[MeasurementCase, ...] = (
    INTERFACE,
    INTERPHASE,
    CRITICAL_CURRENT,
    CREEP,
    CHARGE_TRANSFER,
    CONDUCTIVITY,
    VOLUME_CHANGE,
)
"""Every case."""

__all__ = ["MEASUREMENT_CASES", "MeasurementCase", "compare_measurement"]
