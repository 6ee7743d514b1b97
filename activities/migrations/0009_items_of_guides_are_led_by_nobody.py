from django.db import migrations


class Migration(migrations.Migration):
    """A guide says neither who is in charge of an item nor as which meetings it counts as well: the branch does."""

    dependencies = [
        ('activities', '0008_plan_templates'),
    ]

    operations = [
        migrations.RemoveField(model_name='guideitem', name='leader'),
        migrations.RemoveField(model_name='guideitem', name='also'),
    ]
