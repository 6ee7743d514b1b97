"""At start-up: the site's words for wrong input, then every app's rules and contributions."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from core.messages import speak_plainly


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "基础"

    def ready(self):
        speak_plainly()
        autodiscover_modules("rules", "contributions")
