import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The record of a study may grow and nothing else; a purge of a whole study says so first.
GUARD = """
create function studies_audit_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('multivocal.purge', true) = 'on' then
        return old;
    end if;
    raise exception 'audit events are only added, never changed or removed';
end $$;
create trigger audit_is_append_only before update or delete on studies_auditevent
    for each row execute function studies_audit_guard();
"""
UNGUARD = """
drop trigger audit_is_append_only on studies_auditevent;
drop function studies_audit_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0001_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DesignEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.JSONField()),
                ("mistakes", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="edits", to="studies.study"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
