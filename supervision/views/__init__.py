"""Views of the top floor."""
