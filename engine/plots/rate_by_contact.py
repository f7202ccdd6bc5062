"""What lost contact costs at which rate: capacity against rate, and the voltage curves."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import Discharge, celsius, chosen, discharges, rate_name
from solidcell.engine.plots.style import label_right, legend_above, ramp, sheet, spread
from solidcell.engine.store.reader import Results

FEWEST_RATES = 2  # at one contact
MOST_CONTACTS = 3
SAME_CONTACT = 0.02
LABEL_GAP = 0.085  # of the axes' height
SAME_RATE = 0.05  # of each other


def fits(results: Results) -> bool:
    """Whether the file has rate tests at several contact fractions of the positive electrode."""
    return len(_by_contact(results)) > 1


def figure(results: Results) -> Figure:
    """Draw capacity against rate, and the voltage curves at each contact fraction.

    Raises
    ------
    InputError
        If there are not two rates at two contact fractions.
    """
    sets = _by_contact(results)
    if len(sets) < 2:
        raise InputError(
            f"{results.path} has no rate tests at several contact fractions: discharge at two rates "
            "or more after `reset: {stoichiometry: ..., contact_retention: ...}` of each."
        )
    shown = {
        contact: sets[contact] for contact in chosen(sorted(sets, reverse=True), MOST_CONTACTS)
    }
    rates = _rates(shown)
    made = sheet(results, 9.2, 6.6)
    first, *others = made.subplots(2, 2).flat
    _capacities(first, results, shown)
    right = 1.03 * max(float(one.capacity[-1]) for several in shown.values() for one in several)
    area = _per_area(results)
    for axes, (contact, several) in zip(others, shown.items(), strict=False):
        for discharge in several:
            colour = _nearest(rates, discharge.rate)
            voltage = results["timeseries"]["voltage"][discharge.rows]
            axes.plot(area * discharge.capacity, voltage, color=colour, linewidth=1.5)
        axes.set_xlim(0, area * right)
        axes.set_title(f"Contact fraction {contact:.2g}")
        axes.set_xlabel("Discharge capacity [mAh/cm²]")
        axes.set_ylabel("Voltage [V]")
    for axes in others[len(shown) :]:
        axes.set_axis_off()
    lowest = min(axes.get_ylim()[0] for axes in others[: len(shown)])
    highest = max(axes.get_ylim()[1] for axes in others[: len(shown)])
    for axes in others[: len(shown)]:
        axes.set_ylim(lowest, highest)
    some = next(iter(shown.values()))[0]
    legend_above(
        made,
        [(colour, "-", rate_name(rate)) for rate, colour in rates.items()],
        f"Rate of the voltage curves, at {celsius(results, some)}",
    )
    return made


def _capacities(axes: Axes, results: Results, sets: dict[float, list[Discharge]]) -> None:
    """Draw capacity against rate, a curve for each contact fraction."""
    area = _per_area(results)
    ends = []
    axes.set_xscale("log")
    for (contact, several), colour in zip(sets.items(), ramp(len(sets)), strict=True):
        rates = [one.rate for one in several]
        held = [_held(area, one) for one in several]
        axes.plot(rates, held, "o-", color=colour, markersize=4.5)
        ends.append((f"{contact:.2g}", held[-1], colour))
    ticks = {rate_name(one.rate): one.rate for several in sets.values() for one in several}
    axes.set_xticks(list(ticks.values()), list(ticks))
    axes.set_xticks([], minor=True)
    axes.set_ylim(0, None)
    low, high = axes.get_ylim()
    places = spread([end for _, end, _ in ends], LABEL_GAP * (high - low), low, high)
    for (word, end, colour), place in zip(ends, places, strict=True):
        label_right(axes, end, place, word, colour)
    axes.set_title("Capacity by contact fraction")
    axes.set_xlabel("Rate")
    axes.set_ylabel("Discharge capacity [mAh/cm²]")


def _by_contact(results: Results) -> dict[float, list[Discharge]]:
    """Return the discharges by contact fraction at their start, each by rising rate."""
    try:
        found = discharges(results)
    except InputError:
        return {}
    fraction = results["timeseries"]["contact_fraction_positive"]
    sets: dict[float, list[Discharge]] = {}
    for discharge in found:
        if discharge.energy <= 0:  # of a symmetric cell
            continue
        contact = float(fraction[discharge.rows.start])
        near = next((one for one in sets if abs(one - contact) < SAME_CONTACT), contact)
        sets.setdefault(near, []).append(discharge)
    return {
        contact: sorted(several, key=lambda one: one.rate)
        for contact, several in sets.items()
        if several[0].rate > 0 and _spread_of(several) >= FEWEST_RATES
    }


def _spread_of(several: list[Discharge]) -> int:
    """Count the rates."""
    return len({rate_name(one.rate) for one in several})


def _rates(sets: dict[float, list[Discharge]]) -> dict[float, str]:
    """Colour the rates of all contact fractions in their order."""
    rates: list[float] = []
    for rate in sorted(one.rate for several in sets.values() for one in several):
        if not rates or rate > (1 + SAME_RATE) * rates[-1]:
            rates.append(rate)
    return dict(zip(rates, ramp(len(rates)), strict=True))


def _nearest(rates: dict[float, str], rate: float) -> str:
    """Return the colour of a rate."""
    return rates[min(rates, key=lambda one: abs(np.log(one / rate)))]


def _per_area(results: Results) -> float:
    """Return the mAh/cm2 of one A.h."""
    return 0.1 / float(results["cell"].attributes["electrode_area"])


def _held(area: float, discharge: Discharge) -> float:
    """Return the areal capacity of a discharge [mAh/cm2]."""
    return area * float(discharge.capacity[-1])
