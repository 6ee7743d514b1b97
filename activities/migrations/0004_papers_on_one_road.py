import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core import clock
from core.periods import Month


def themes_become_plans(apps, schema_editor):
    """The themes of a year, which stood alone so far, are an annual plan in force."""
    AnnualPlan = apps.get_model("activities", "AnnualPlan")
    themes = {}
    for row in apps.get_model("activities", "QuarterTheme").objects.all():
        themes.setdefault((row.organization_id, row.quarter.year), {})[f"theme_{row.quarter.quarter.number}"] = row.theme
    for (organization, year), of_year in themes.items():
        first = datetime.date(year, 1, 1)
        moment = datetime.datetime(year, 1, 1, tzinfo=datetime.UTC)
        AnnualPlan.objects.create(
            organization_id=organization, year=year, status="ACCEPTED", due_on=first, first_submitted_on=first,
            submitted_at=moment, accepted_at=moment, attempts=1, **of_year,
        )


def plans_become_themes(apps, schema_editor):
    QuarterTheme = apps.get_model("activities", "QuarterTheme")
    for plan in apps.get_model("activities", "AnnualPlan").objects.filter(status="ACCEPTED"):
        for number in range(1, 5):
            if theme := getattr(plan, f"theme_{number}"):
                QuarterTheme.objects.create(
                    organization_id=plan.organization_id, quarter=Month(plan.year, number * 3 - 2), theme=theme
                )


def filed_papers_lapse(apps, schema_editor):
    """What lay before the department has its working days from today on, as if it had come in now."""
    filed = apps.get_model("activities", "MonthlyPlan").objects.filter(status="FILED")
    policies = apps.get_model("activities", "Policy").objects.order_by("effective_from")
    policy = policies.filter(effective_from__lte=Month.current()).last() or policies.first()
    if policy is None or not filed.exists():
        return
    said = dict(apps.get_model("branches", "CalendarDay").objects.values_list("day", "is_workday"))
    day, left = clock.today(), policy.lapse_working_days
    while left:
        day += datetime.timedelta(days=1)
        left -= said.get(day, day.weekday() < 5)
    filed.update(lapses_on=day)


def one_plan_a_month(apps, schema_editor):
    """A month had one plan only: the one in force stays, else the first; what else was on the road is gone."""
    plans = apps.get_model("activities", "MonthlyPlan").objects
    gone = plans.filter(status__in=["SUPERSEDED", "DROPPED"]) | plans.filter(revision__gt=1).exclude(status="ACCEPTED")
    for day in apps.get_model("activities", "ActivityDay").objects.filter(plan__in=gone):
        kept = plans.filter(organization=day.organization_id, month=day.month).exclude(pk__in=gone).get()
        day.plan_id = kept.pk
        day.save(update_fields=["plan"])
    gone.delete()
    if schema_editor.connection.vendor == "postgresql":  # no table is altered while rows wait to be checked
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0003_versions_and_corrections'),
        ('branches', '0005_group_founded_on'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnnualPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('DRAFT', '暂存'), ('SUBMITTED', '待总支审核'), ('FILED', '待组织部审核'), ('ACCEPTED', '已备案'), ('RETURNED', '已退回'), ('SUPERSEDED', '已被修订'), ('DROPPED', '已作废')], default='DRAFT', max_length=10, verbose_name='状态')),
                ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='第几版')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='修订原因')),
                ('due_on', models.DateField(verbose_name='报送截止')),
                ('first_submitted_on', models.DateField(null=True, verbose_name='首次报送')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='报送时间')),
                ('filed_at', models.DateTimeField(null=True, verbose_name='转报时间')),
                ('lapses_on', models.DateField(null=True, verbose_name='备案办理期限')),
                ('accepted_at', models.DateTimeField(null=True, verbose_name='备案时间')),
                ('is_lapsed', models.BooleanField(default=False, verbose_name='逾期未退，自动备案')),
                ('returned_at', models.DateTimeField(null=True, verbose_name='退回时间')),
                ('return_note', models.TextField(blank=True, verbose_name='退回意见')),
                ('reopened', models.JSONField(blank=True, default=list, verbose_name='退回修改的部分')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='报送次数')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('goals', models.TextField(blank=True, max_length=2000, verbose_name='工作目标')),
                ('measures', models.TextField(blank=True, max_length=4000, verbose_name='主要措施')),
                ('theme_1', models.CharField(blank=True, max_length=120, verbose_name='第一季度主题')),
                ('theme_2', models.CharField(blank=True, max_length=120, verbose_name='第二季度主题')),
                ('theme_3', models.CharField(blank=True, max_length=120, verbose_name='第三季度主题')),
                ('theme_4', models.CharField(blank=True, max_length=120, verbose_name='第四季度主题')),
            ],
            options={
                'verbose_name': '年度计划',
                'ordering': ['-year', 'organization__code'],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='第几次报送')),
                ('content', models.JSONField(default=dict, verbose_name='报送内容')),
                ('submitted_at', models.DateTimeField(verbose_name='报送时间')),
                ('outcome', models.CharField(choices=[('WAITING', '待办'), ('WITHDRAWN', '已撤回'), ('RETURNED', '已退回'), ('ACCEPTED', '已备案')], default='WAITING', max_length=9, verbose_name='结果')),
                ('note', models.TextField(blank=True, verbose_name='总的意见')),
                ('comments', models.JSONField(blank=True, default=dict, verbose_name='逐项意见')),
            ],
            options={
                'verbose_name': '报送',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='PlanCadre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': '参加的党员领导干部',
                'ordering': ['person__staff_number'],
            },
        ),
        migrations.CreateModel(
            name='YearSummary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('DRAFT', '暂存'), ('SUBMITTED', '待总支审核'), ('FILED', '待组织部审核'), ('ACCEPTED', '已备案'), ('RETURNED', '已退回'), ('SUPERSEDED', '已被修订'), ('DROPPED', '已作废')], default='DRAFT', max_length=10, verbose_name='状态')),
                ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='第几版')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='修订原因')),
                ('due_on', models.DateField(verbose_name='报送截止')),
                ('first_submitted_on', models.DateField(null=True, verbose_name='首次报送')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='报送时间')),
                ('filed_at', models.DateTimeField(null=True, verbose_name='转报时间')),
                ('lapses_on', models.DateField(null=True, verbose_name='备案办理期限')),
                ('accepted_at', models.DateTimeField(null=True, verbose_name='备案时间')),
                ('is_lapsed', models.BooleanField(default=False, verbose_name='逾期未退，自动备案')),
                ('returned_at', models.DateTimeField(null=True, verbose_name='退回时间')),
                ('return_note', models.TextField(blank=True, verbose_name='退回意见')),
                ('reopened', models.JSONField(blank=True, default=list, verbose_name='退回修改的部分')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='报送次数')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('achieved', models.TextField(blank=True, max_length=4000, verbose_name='完成情况')),
                ('shortcomings', models.TextField(blank=True, max_length=2000, verbose_name='存在问题')),
                ('next_steps', models.TextField(blank=True, max_length=2000, verbose_name='下一步打算')),
            ],
            options={
                'verbose_name': '年终总结',
                'ordering': ['-year', 'organization__code'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='monthlyplan',
            name='one_plan_a_branch_and_month',
        ),
        migrations.AddField(
            model_name='dayitem',
            name='also',
            field=models.JSONField(blank=True, default=list, verbose_name='同时作为'),
        ),
        migrations.AddField(
            model_name='dayitem',
            name='leader',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.person', verbose_name='负责人'),
        ),
        migrations.AddField(
            model_name='monthlyplan',
            name='cancels',
            field=models.BooleanField(default=False, verbose_name='本月不开展'),
        ),
        migrations.AddField(
            model_name='monthlyplan',
            name='guest_groups',
            field=models.JSONField(blank=True, default=list, verbose_name='按类别邀请'),
        ),
        migrations.AlterField(
            model_name='monthlyplan',
            name='guests',
            field=models.CharField(blank=True, max_length=200, verbose_name='邀请列席（写姓名）'),
        ),
        migrations.AddField(
            model_name='monthlyplan',
            name='is_lapsed',
            field=models.BooleanField(default=False, verbose_name='逾期未退，自动备案'),
        ),
        migrations.AddField(
            model_name='monthlyplan',
            name='lapses_on',
            field=models.DateField(null=True, verbose_name='备案办理期限'),
        ),
        migrations.AddField(
            model_name='monthlyplan',
            name='reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='修订原因'),
        ),
        migrations.AddField(
            model_name='monthlyplan',
            name='reopened',
            field=models.JSONField(blank=True, default=list, verbose_name='退回修改的部分'),
        ),
        migrations.AddField(
            model_name='monthlyplan',
            name='revision',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='第几版'),
        ),
        migrations.AddField(
            model_name='planitem',
            name='also',
            field=models.JSONField(blank=True, default=list, verbose_name='同时作为'),
        ),
        migrations.AddField(
            model_name='planitem',
            name='leader',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.person', verbose_name='负责人'),
        ),
        migrations.AddField(
            model_name='policy',
            name='annual_due_day',
            field=models.PositiveSmallIntegerField(default=15, verbose_name='年度计划截止（几日）'),
        ),
        migrations.AddField(
            model_name='policy',
            name='annual_due_month',
            field=models.PositiveSmallIntegerField(default=3, verbose_name='年度计划截止（当年几月）'),
        ),
        migrations.AddField(
            model_name='policy',
            name='summary_due_day',
            field=models.PositiveSmallIntegerField(default=10, verbose_name='年终总结截止（次年 1 月几日）'),
        ),
        migrations.AlterField(
            model_name='monthlyplan',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='branches.organization', verbose_name='党组织'),
        ),
        migrations.AlterField(
            model_name='monthlyplan',
            name='status',
            field=models.CharField(choices=[('DRAFT', '暂存'), ('SUBMITTED', '待总支审核'), ('FILED', '待组织部审核'), ('ACCEPTED', '已备案'), ('RETURNED', '已退回'), ('SUPERSEDED', '已被修订'), ('DROPPED', '已作废')], default='DRAFT', max_length=10, verbose_name='状态'),
        ),
        migrations.AddConstraint(
            model_name='monthlyplan',
            constraint=models.UniqueConstraint(fields=('organization', 'month', 'revision'), name='one_plan_a_period_and_revision'),
        ),
        migrations.AddConstraint(
            model_name='monthlyplan',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['DRAFT', 'SUBMITTED', 'FILED', 'RETURNED'])), fields=('organization', 'month'), name='one_plan_on_the_road'),
        ),
        migrations.AddConstraint(
            model_name='monthlyplan',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'ACCEPTED')), fields=('organization', 'month'), name='one_plan_in_force'),
        ),
        migrations.AddConstraint(
            model_name='monthlyplan',
            constraint=models.CheckConstraint(condition=models.Q(('revision', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_revised_plan_has_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='monthlyplan',
            constraint=models.CheckConstraint(condition=models.Q(('is_lapsed', False), ('status__in', ['ACCEPTED', 'SUPERSEDED']), _connector='OR'), name='a_lapsed_plan_is_accepted'),
        ),
        migrations.AddConstraint(
            model_name='monthlyplan',
            constraint=models.CheckConstraint(condition=models.Q(('cancels', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_cancelled_month_has_its_reason'),
        ),
        migrations.AddIndex(
            model_name='monthlyplan',
            index=models.Index(fields=['planned_on'], name='plan_by_date'),
        ),
        migrations.AddField(
            model_name='annualplan',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annual_plans', to='branches.organization', verbose_name='党组织'),
        ),
        migrations.AddField(
            model_name='annualplan',
            name='submitted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attempt',
            name='annual_plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='activities.annualplan'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='activities.monthlyplan'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='submitted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plancadre',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.person', verbose_name='党员领导干部'),
        ),
        migrations.AddField(
            model_name='plancadre',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cadres', to='activities.monthlyplan'),
        ),
        migrations.AddField(
            model_name='yearsummary',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='summaries', to='branches.organization', verbose_name='党组织'),
        ),
        migrations.AddField(
            model_name='yearsummary',
            name='submitted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attempt',
            name='summary',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='activities.yearsummary'),
        ),
        migrations.AddIndex(
            model_name='annualplan',
            index=models.Index(fields=['year', 'status'], name='annual_plan_by_year'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.UniqueConstraint(fields=('organization', 'year', 'revision'), name='one_annual_plan_a_period_and_revision'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['DRAFT', 'SUBMITTED', 'FILED', 'RETURNED'])), fields=('organization', 'year'), name='one_annual_plan_on_the_road'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'ACCEPTED')), fields=('organization', 'year'), name='one_annual_plan_in_force'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'DRAFT'), models.Q(('first_submitted_on__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='a_filed_annual_plan_was_submitted'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.CheckConstraint(condition=models.Q(('revision', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_revised_annual_plan_has_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.CheckConstraint(condition=models.Q(('is_lapsed', False), ('status__in', ['ACCEPTED', 'SUPERSEDED']), _connector='OR'), name='a_lapsed_annual_plan_is_accepted'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lte', 2100)), name='an_annual_plan_is_of_a_year'),
        ),
        migrations.AddConstraint(
            model_name='plancadre',
            constraint=models.UniqueConstraint(fields=('plan', 'person'), name='a_cadre_attends_a_plan_once'),
        ),
        migrations.AddIndex(
            model_name='yearsummary',
            index=models.Index(fields=['year', 'status'], name='summary_by_year'),
        ),
        migrations.AddConstraint(
            model_name='yearsummary',
            constraint=models.UniqueConstraint(fields=('organization', 'year', 'revision'), name='one_summary_a_period_and_revision'),
        ),
        migrations.AddConstraint(
            model_name='yearsummary',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['DRAFT', 'SUBMITTED', 'FILED', 'RETURNED'])), fields=('organization', 'year'), name='one_summary_on_the_road'),
        ),
        migrations.AddConstraint(
            model_name='yearsummary',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'ACCEPTED')), fields=('organization', 'year'), name='one_summary_in_force'),
        ),
        migrations.AddConstraint(
            model_name='yearsummary',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'DRAFT'), models.Q(('first_submitted_on__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='a_filed_summary_was_submitted'),
        ),
        migrations.AddConstraint(
            model_name='yearsummary',
            constraint=models.CheckConstraint(condition=models.Q(('revision', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_revised_summary_has_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='yearsummary',
            constraint=models.CheckConstraint(condition=models.Q(('is_lapsed', False), ('status__in', ['ACCEPTED', 'SUPERSEDED']), _connector='OR'), name='a_lapsed_summary_is_accepted'),
        ),
        migrations.AddConstraint(
            model_name='yearsummary',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lte', 2100)), name='a_summary_is_of_a_year'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('annual_plan__isnull', True), ('plan__isnull', False), ('summary__isnull', True)), models.Q(('annual_plan__isnull', False), ('plan__isnull', True), ('summary__isnull', True)), models.Q(('annual_plan__isnull', True), ('plan__isnull', True), ('summary__isnull', False)), _connector='OR'), name='an_attempt_belongs_to_one_paper'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('plan', 'number'), name='plan_attempts_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('annual_plan', 'number'), name='annual_plan_attempts_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('summary', 'number'), name='summary_attempts_are_numbered'),
        ),
        migrations.RunPython(themes_become_plans, plans_become_themes),
        migrations.DeleteModel(name='QuarterTheme'),
        migrations.RunPython(filed_papers_lapse, one_plan_a_month),
    ]
