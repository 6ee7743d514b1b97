"""Search over everything that the floors contribute."""

from core.contributions import registry


def find(text, user) -> list[dict]:
    """Everything that the floors find for a text, by source; nothing for an empty one."""
    if not text:
        return []
    found = [{"name": source.name, "rows": list(source.rows(text, user))} for source in registry.searches]
    return [one for one in found if one["rows"]]
