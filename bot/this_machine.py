"""Which hosts are this machine itself."""

from ipaddress import ip_address


def is_this_machine(host: str) -> bool:
    """Whether ``host`` (without a port) is a loopback address, or ``localhost``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
