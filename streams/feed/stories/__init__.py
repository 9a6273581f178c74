"""The stories the feed plays, by family; see `streams.feed.scenario`."""
