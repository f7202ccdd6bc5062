"""Integer codes that the compiled driver and the engine exchange.

Kernels never raise. They return a :class:`Result`, and the engine turns it into a sentence.
"""

from enum import IntEnum


class Control(IntEnum):
    """What closes the system of equations while a protocol step runs."""

    REST = 0
    CURRENT = 1
    VOLTAGE = 2
    POWER = 3
    RESISTANCE = 4


class ContactLaw(IntEnum):
    """How the contact fraction of a solid-solid interface depends on pressure."""

    CONSTANT = 0
    PRESSED = 1
    PLASTIC = 2
    HERTZ = 3
    GREENWOOD_WILLIAMSON = 4
    PERSSON = 5


class LithiumContact(IntEnum):
    """How stack pressure acts on the lithium plane."""

    STATIC = 0
    MEASURED = 1
    MECHANISTIC = 2


class FilmLaw(IntEnum):
    """How an interphase grows."""

    NONE = 0
    PARABOLIC = 1
    LINEAR_PARABOLIC = 2
    LOGARITHMIC = 3


class Instruction(IntEnum):
    """What a row of the instruction table asks of the driver; the first five equal `Control`."""

    REST = 0
    CURRENT = 1
    VOLTAGE = 2
    POWER = 3
    RESISTANCE = 4
    DRIVE_CYCLE = 5
    RESET = 6
    SET = 7
    IMPEDANCE = 8


class Configuration(IntEnum):
    """What an impedance spectrum is of."""

    CELL = 0
    SYMMETRIC = 1
    BLOCKING = 2


class Quantity(IntEnum):
    """What a termination watches."""

    VOLTAGE = 0
    CURRENT = 1
    CAPACITY = 2
    ENERGY = 3
    STOICHIOMETRY = 4


class StopReason(IntEnum):
    """Why a protocol step ended."""

    TIME = 0
    VOLTAGE = 1
    CURRENT = 2
    CAPACITY = 3
    DRIVE_CYCLE_END = 4
    RESET = 5
    STOPPED = 6
    SET = 7
    IMPEDANCE = 8
    LITHIUM = 9
    CUT_OFF = 10
    ENERGY = 11
    STATE_OF_CHARGE = 12


class BlockStop(IntEnum):
    """What ended a block before its last repetition: what its stop watches, or that nothing happens."""

    NONE = 0
    CAPACITY = 1
    RESISTANCE = 2
    VOLTAGE = 3
    TIME = 4
    CYCLES = 5
    TEMPERATURE = 6
    CHECK_UP_CAPACITY = 7
    IDLE = 8


class Result(IntEnum):
    """How a call of the driver ended."""

    FINISHED = 0
    CHUNK_END = 1
    BUFFER_FULL = 2
    CHECK_UP = 3
    STEP_SIZE_TOO_SMALL = 10
    POSITIVE_FULL = 11
    POSITIVE_EMPTY = 12
    NOT_A_NUMBER = 14
    SETPOINT_OUT_OF_REACH = 15
    CONTACT_LOST = 16
    STACK_LOOSE = 17
    VOLTAGE_OUT_OF_BOUNDS = 18
    FILM_STARVED = 19
