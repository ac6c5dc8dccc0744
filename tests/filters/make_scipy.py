"""Writes scipy.json: scipy.ndimage.correlate over a small picture, for tests/filters.rs.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1
    venv/bin/python make_scipy.py > scipy.json

Boundary modes, as scipy.ndimage names them, and as the app does:

    constant (cval=0)   zeros       0 0 | a b c | 0 0
    mirror              reflect     c b | a b c | b a   (the border cell is not repeated)
    nearest             replicate   a a | a b c | c c
    wrap                circular    b c | a b c | a b

Origin: with origin=0 scipy lays the cell size // 2 of the kernel onto the output, so an even kernel reaches one cell
further up and left than down and right. That is the app's rule too (the larger half of the padding on top and left).

The picture is drawn by a linear congruential generator, not by numpy, so that it is the same in every version.
"""

import json
import sys

import numpy
import scipy
from scipy import ndimage

HEIGHT, WIDTH = 13, 37
MODES = {"zeros": "constant", "reflect": "mirror", "replicate": "nearest", "circular": "wrap"}


def picture():
    state, cells = 1, []
    for _ in range(HEIGHT * WIDTH):
        state = (state * 1664525 + 1013904223) % 2**32
        cells.append(state >> 24)
    return numpy.array(cells, dtype=float).reshape(HEIGHT, WIDTH)


def gabor(size, wavelength, orientation, sigma, aspect, phase):
    """Petkov and Kruizinga's form, angles in degrees, y downwards."""
    half = (size - 1) / 2
    y, x = numpy.mgrid[-half : half + 1, -half : half + 1]
    theta, psi = numpy.deg2rad(orientation), numpy.deg2rad(phase)
    along = x * numpy.cos(theta) + y * numpy.sin(theta)
    across = -x * numpy.sin(theta) + y * numpy.cos(theta)
    bell = numpy.exp(-(along**2 + aspect**2 * across**2) / (2 * sigma**2))
    return bell * numpy.cos(2 * numpy.pi * along / wavelength + psi)


# The classic ones are written out here once more, and not taken from the app.
BINOMIAL = numpy.array([1, 4, 6, 4, 1])
KERNELS = {
    "sobel-x": numpy.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "sobel-y": numpy.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "gaussian": numpy.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "gaussian-5": numpy.outer(BINOMIAL, BINOMIAL) / 256,
    "laplacian": ndimage.laplace(numpy.pad([[1.0]], 1), mode="constant"),
    "edge": 9 * numpy.pad([[1.0]], 1) - numpy.ones((3, 3)),
    "motion-9": numpy.eye(9) / 9,
    "gabor:9,5,45,2,0.5,0": gabor(9, 5, 45, 2, 0.5, 0),
    "gabor:11,8,90,3,0.5,90": gabor(11, 8, 90, 3, 0.5, 90),
    "gabor:6,3.5,-20,1.5,1,30": gabor(6, 3.5, -20, 1.5, 1, 30),
    # Even sides: what matters is where the output stands.
    "0,1;2,3": numpy.array([[0, 1], [2, 3]]),
    "1,-2,3,-4": numpy.array([[1, -2, 3, -4]]),
}

x = picture()
cases = []
for name, kernel in KERNELS.items():
    kernel = kernel.astype(float)
    for mode, scipys in MODES.items():
        y = ndimage.correlate(x, kernel, mode=scipys, cval=0.0, origin=0)
        # Every third row and column: enough to catch a cell that is off, and the corners are among them.
        cases.append({"kernel": name, "mode": mode, "output": y[::3, ::3].round(9).tolist()})
versions = f"scipy {scipy.__version__}, numpy {numpy.__version__}"
document = {"made_by": versions, "every": 3, "input": x.astype(int).tolist(), "cases": cases}
kernels = {name: kernel.astype(float).tolist() for name, kernel in KERNELS.items()}
json.dump(document | {"kernels": kernels}, sys.stdout, separators=(",", ":"))
print()
