"""Views of plans, their review, and days."""
