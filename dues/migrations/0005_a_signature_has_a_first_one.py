"""Its own step: PostgreSQL alters no table in the transaction that has just updated its rows."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("dues", "0004_first_verification")]

    operations = [
        migrations.AddConstraint(
            model_name="duesmonth",
            constraint=models.CheckConstraint(
                name="a_signature_has_a_first_one",
                condition=Q(verified_at=None) | Q(first_verified_at__isnull=False),
            ),
        ),
    ]
