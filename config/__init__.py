"""Settings, addresses and the Celery application: the top floor, which only wires the others together."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
