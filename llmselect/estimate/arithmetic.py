"""Rates of arithmetic from a device's units and their clock, for devices whose vendor states none."""

# Multiply-adds that a matrix unit does in a clock on dense 16-bit numbers with 32-bit sums, from the vendors' white
# papers: NVIDIA's tensor cores (GeForce cards add in 32 bits at half the rate), AMD's compute units, Intel's Xe cores,
# Apple's GPU cores from the M5 on.
FMA_PER_CLOCK = {
    "volta": 64,
    "turing": 64,
    "turing-geforce": 32,
    "ampere": 128,
    "ampere-geforce": 64,
    "ampere-ga100": 256,
    "ada": 128,
    "ada-geforce": 64,
    "hopper": 512,
    "blackwell": 128,
    "blackwell-geforce": 64,
    "thor": 1024,
    "apple-m5": 512,
    "rdna3": 256,
    "rdna4": 512,
    "cdna1": 512,
    "cdna2": 512,
    "cdna3": 1024,
    "cdna4": 2048,
    "xe": 1024,
}


def matrix_tflops(architecture: str, units: int, clock_mhz: float) -> float:
    """TFLOP/s of `units` matrix units at a clock in MHz: two operations for each multiply-add.

    Raises KeyError for an architecture that `FMA_PER_CLOCK` does not have.
    """
    return units * FMA_PER_CLOCK[architecture] * 2 * clock_mhz * 1e6 / 1e12
