"""At start-up: the site's words for wrong input, then every app's rules and contributions."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from core.logs import keep_secrets_out
from core.messages import speak_plainly


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "基础"

    def ready(self):
        speak_plainly()
        keep_secrets_out(settings.SECRET_ADDRESSES)
        autodiscover_modules("rules", "contributions")
