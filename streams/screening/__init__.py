"""Floor 2: party matching, pure."""

MATCHER_VERSION = "2"
"""Names how names are matched: another one for every change that may alter a score. Screening records carry it."""
