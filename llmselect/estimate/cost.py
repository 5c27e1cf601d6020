"""What requests cost: an API's bill, rented hours, electricity. All amounts in USD."""

HOURS_PER_MONTH = 365 * 24 / 12
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600


def api_request_usd(
    prompt_tokens: int, output_tokens: float, input_usd_per_mtok: float, output_usd_per_mtok: float
) -> float:
    """The bill of one request at prices per million tokens."""
    return (prompt_tokens * input_usd_per_mtok + output_tokens * output_usd_per_mtok) / 1e6


def rented_month_usd(usd_per_gpu_hour: float, gpus: int) -> float:
    """GPUs rented around the clock for a month of 730 hours."""
    return usd_per_gpu_hour * gpus * HOURS_PER_MONTH


def electricity_usd(power_w: float, busy_s: float, usd_per_kwh: float) -> float:
    """Electricity of devices at their rated power for the seconds in which they work."""
    return power_w / 1000 * busy_s / 3600 * usd_per_kwh
