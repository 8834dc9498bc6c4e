"""Numbers for the specs of purification and detection, from formulas in double precision.

Purifying normal data with the best denoiser is a linear map plus noise; ranks of confident thresholds follow from
binomial tails in whole numbers. Prints what stands in `specs/purification/diffusion_spec.lua`,
`specs/diffusion/schedule_spec.lua` and `specs/detection/threshold_spec.lua`.
"""

from fractions import Fraction
from math import comb

import numpy as np

MEAN, DEVIATION = 0.3, 0.25


def kept_of(steps=1000):
    """Share of the image at each step from 1 on, of the linear schedule."""
    return np.concatenate([[1.0], np.cumprod(1 - np.linspace(1e-4, 0.02, steps))])


def purified(start, count, eta, kept):
    """Slope, offset and deviation of the purified image, by following both through the chain."""
    steps = [start * j // count for j in range(count, -1, -1)]
    slope, offset, variance = np.sqrt(kept[start]), 0.0, 1 - kept[start]
    for t, s in zip(steps, steps[1:]):
        a, b = kept[t], kept[s]
        noise_slope = np.sqrt(1 - a) / (a * DEVIATION**2 + 1 - a)
        noise_offset = -noise_slope * np.sqrt(a) * MEAN
        image_slope = (1 - np.sqrt(1 - a) * noise_slope) / np.sqrt(a)
        image_offset = -np.sqrt(1 - a) * noise_offset / np.sqrt(a)
        sigma = eta * np.sqrt((1 - b) / (1 - a) * (1 - a / b))
        rest = np.sqrt(1 - b - sigma**2)
        gain = np.sqrt(b) * image_slope + rest * noise_slope
        slope, offset = gain * slope, gain * offset + np.sqrt(b) * image_offset + rest * noise_offset
        variance = gain**2 * variance + sigma**2
    return slope, offset, np.sqrt(variance)


def rank(count, rate, delta):
    """The smallest rank whose threshold has a rate above `rate` with a chance of at most `delta`."""
    p = Fraction(rate).limit_denominator(1000)
    limit = Fraction(delta).limit_denominator(1000)
    tail = Fraction(0)
    terms = []
    for i in range(count + 1):
        tail += comb(count, i) * p**i * (1 - p) ** (count - i)
        terms.append(tail)
        if tail > limit:
            break
    # At rank k, the chance is that of at most count - k successes.
    return count - (len(terms) - 2)


if __name__ == "__main__":
    kept = kept_of()
    print("kept", {t: float(f"{kept[t]:.6g}") for t in (1, 100, 200, 1000)})
    for eta in (1, 0):
        for count in (100, 20, 5, 2, 1):
            print("eta", eta, "steps", count, *(f"{value:.5f}" for value in purified(100, count, eta, kept)))
    for case in ((300, 0.05, 0.1), (500, 0.05, 0.05), (1000, 0.05, 0.05), (500, 0.01, 0.05)):
        print("rank", case, rank(*case))
