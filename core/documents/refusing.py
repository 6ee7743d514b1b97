"""The one exception of looking at documents."""


class Refused(Exception):
    """The document is not taken. ``str()`` is a Chinese sentence for the user."""
