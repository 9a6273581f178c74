"""transitwatch: a real-time monitor for EU sanctions rules on goods in transit.

The folders are the floors of the house (see docs/architecture.md); a module imports only from
its own floor or below.
"""

__version__ = "0.1.0"
