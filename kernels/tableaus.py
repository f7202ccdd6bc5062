"""Coefficients of stiffly accurate Rosenbrock methods for index-1 systems.

In the transformed variables of Hairer and Wanner, *Solving Ordinary Differential Equations II*
(2nd ed. 1996, section IV.7), stage i solves

    (M / (h gamma) - J) u_i = f(t + node_i h, y + sum_j a_ij u_j) + M sum_j (c_ij / h) u_j
                              + h time_i df/dt

and the step ends at the last stage's argument plus its increment, ``y1 = y + sum_j a_sj u_j + u_s``,
with ``u_s`` as the error estimate. Dense output between y0 and y1 is

    y(theta) = (1 - theta) y0 + theta [ y1 + (1 - theta) (k_1 + theta (k_2 + theta k_3)) ],
    k_m = sum_j dense_mj u_j
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


class Tableau(NamedTuple):
    """A Rosenbrock method as data.

    Attributes
    ----------
    order
        Order of the step.
    gamma
        Diagonal coefficient.
    a, c
        Stage and derivative coefficients, (stages, stages), strictly lower.
    nodes, time
        Abscissa and weight of df/dt of each stage, (stages,).
    dense
        Coefficients of the dense output, (3, stages).
    middle
        Weights of the stages in what the middle of a step has beyond the mean of its ends, (stages,).
    """

    order: int
    gamma: float
    a: FloatArray
    c: FloatArray
    nodes: FloatArray
    time: FloatArray
    dense: FloatArray
    middle: FloatArray


def _tableau(
    order: int,
    gamma: float,
    a: list[list[float]],
    c: list[list[float]],
    nodes: list[float],
    time: list[float],
    dense: list[list[float]],
) -> Tableau:
    """Assemble a method; trailing stages repeat the last row of `a` with a one appended."""
    stages = len(c) + 1
    stage, derivative = np.zeros((stages, stages)), np.zeros((stages, stages))
    for i, row in enumerate(a, start=1):
        stage[i, : len(row)] = row
    for i in range(len(a) + 1, stages):
        stage[i] = stage[i - 1]
        stage[i, i - 1] = 1.0
    for i, row in enumerate(c, start=1):
        derivative[i, : len(row)] = row
    output = np.zeros((3, stages))
    for m, row in enumerate(dense):
        output[m, : len(row)] = row
    pad = [1.0] * (stages - 1 - len(nodes))
    return Tableau(
        order,
        gamma,
        stage,
        derivative,
        np.array([0.0, *nodes, *pad]),
        np.array(time + [0.0] * (stages - len(time))),
        output,
        0.25 * (output[0] + 0.5 * output[1] + 0.25 * output[2]),
    )


RODAS4 = _tableau(
    4,
    0.25,
    a=[
        [1.544],
        [0.9466785280815826, 0.2557011698983284],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950],
    ],
    c=[
        [-5.6688],
        [-2.430093356833875, -0.2063599157091915],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160],
        [
            8.083246795921522,
            -7.981132988064893,
            -31.52159432874371,
            16.31930543123136,
            -6.058818238834054,
        ],
    ],
    nodes=[0.386, 0.21, 0.63],
    time=[0.25, -0.1043, 0.1035, -0.0362],
    dense=[
        [
            10.12623508344586,
            -7.487995877610167,
            -34.80091861555747,
            -7.992771707568823,
            1.025137723295662,
        ],
        [
            -0.6762803392801253,
            6.087714651680015,
            16.43084320892478,
            24.76722511418386,
            -6.594389125716872,
        ],
    ],
)
"""RODAS of Hairer and Wanner (1996): order 4, 6 stages, dense output of order 3."""

RODAS4P2 = _tableau(
    4,
    0.25,
    a=[
        [3.0],
        [0.906377755268814, -0.189707390391685],
        [3.758617027739064, 1.161741776019525, -0.849258085312803],
        [7.089566927282776, 4.573591406461604, -8.423496976860259, -0.959280113459775],
    ],
    c=[
        [-12.0],
        [-6.354581592719008, 0.338972550544623],
        [-8.575016317114033, -7.606483992117508, 12.224997650124820],
        [-5.888975457523102, -8.157396617841821, 24.805546872612922, 12.790401512796979],
        [
            -4.408651676063871,
            -6.692003137674639,
            24.625568527593117,
            16.627521966636085,
            -5.714285714285718,
        ],
    ],
    nodes=[0.75, 0.321448134013046, 0.519745732277726],
    time=[0.25, -0.5, -0.189532918363016, 0.085612108792769],
    dense=[
        [
            -5.323528268423303,
            -10.042123754867493,
            17.175254928256965,
            -5.079931171878093,
            -0.016185991706112,
        ],
        [
            6.984505741529879,
            6.914061169603662,
            -0.849178943070653,
            18.104410789349338,
            -3.516963011559032,
        ],
    ],
)
"""Rodas4P2 of Steinebach (2020): order 4 also for parabolic problems, 6 stages."""

RODAS5P = _tableau(
    5,
    0.21193756319429014,
    a=[
        [3.0],
        [2.849394379747939, 0.45842242204463923],
        [-6.954028509809101, 2.489845061869568, -10.358996098473584],
        [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
        [
            -7.502846399306121,
            2.561846144803919,
            -11.627539656261098,
            -0.18268767659942256,
            0.030198172008377946,
        ],
    ],
    c=[
        [-14.155112264123755],
        [-17.97296035885952, -2.859693295451294],
        [147.12150275711716, -1.41221402718213, 71.68940251302358],
        [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
        [
            24.854864614690072,
            -3.0009227002832186,
            47.4931110020768,
            5.5814197821558125,
            -0.6610691825249471,
        ],
        [
            30.91273214028599,
            -3.1208243349937974,
            77.79954646070892,
            34.28646028294783,
            -19.097331116725623,
            -28.087943162872662,
        ],
        [
            37.80277123390563,
            -3.2571969029072276,
            112.26918849496327,
            66.9347231244047,
            -40.06618937091002,
            -54.66780262877968,
            -9.48861652309627,
        ],
    ],
    nodes=[0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664],
    time=[
        0.21193756319429014,
        -0.42387512638858027,
        -0.3384627126235924,
        1.8046452872882734,
        2.325825639765069,
    ],
    dense=[
        [
            25.948786856663858,
            -2.5579724845846235,
            10.433815404888879,
            -2.3679251022685204,
            0.524948541321073,
            1.1241088310450404,
            0.4272876194431874,
            -0.17202221070155493,
        ],
        [
            -9.91568850695171,
            -0.9689944594115154,
            3.0438037242978453,
            -24.495224566215796,
            20.176138334709044,
            15.98066361424651,
            -6.789040303419874,
            -6.710236069923372,
        ],
        [
            11.419903575922262,
            2.8879645146136994,
            72.92137995996029,
            80.12511834622643,
            -52.072871366152654,
            -59.78993625266729,
            -0.15582684282751913,
            4.883087185713722,
        ],
    ],
)
"""Rodas5P of Steinebach (2023), 10.1007/s10543-023-00967-x: order 5, 8 stages, dense order 4."""
