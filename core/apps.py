"""Finds every app's contributions and rules at start-up."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "基础"

    def ready(self):
        autodiscover_modules("rules", "contributions")
