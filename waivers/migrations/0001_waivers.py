import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


# Signed is frozen (docs/architecture.md, rule 9), whoever asks: from the moment a row has a record, nothing of it changes
# but `status` to VOID, and it is not deleted. Retention, when it comes, says so by its own migration.
FREEZE = """
CREATE FUNCTION waivers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a waiver''s text is never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION waivers_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status'
       AND (NEW.status = OLD.status OR NEW.status = 'VOID') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a signed waiver is never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER waiver_text_is_frozen BEFORE UPDATE OR DELETE ON waivers_waivertext
    FOR EACH ROW EXECUTE FUNCTION waivers_refuse_change();
CREATE TRIGGER signed_is_frozen BEFORE UPDATE OR DELETE ON waivers_waiver
    FOR EACH ROW WHEN (OLD.record <> '') EXECUTE FUNCTION waivers_keep_signed();
"""
THAW = """
DROP TRIGGER signed_is_frozen ON waivers_waiver;
DROP TRIGGER waiver_text_is_frozen ON waivers_waivertext;
DROP FUNCTION waivers_keep_signed();
DROP FUNCTION waivers_refuse_change();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('charters', '0001_records'),
    ]

    operations = [
        migrations.CreateModel(
            name='WaiverText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('body', models.TextField()),
                ('digest', models.CharField(help_text='SHA-256 of the body in UTF-8.', max_length=64)),
                ('note', models.TextField(blank=True, help_text='For the office; signers do not see it.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'waiver text',
                'ordering': ['-version'],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, unique=True, verbose_name='waiver id')),
                ('submission_key', models.CharField(help_text="The client's own: sent twice, it signs once.", max_length=64)),
                ('status', models.CharField(choices=[('PENDING_GUARDIAN', 'waiting for a guardian'), ('SIGNED', 'signed'), ('VOID', 'void')], max_length=16)),
                ('name', models.CharField(max_length=120)),
                ('email', models.CharField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('date_of_birth', models.DateField()),
                ('minors', models.JSONField(blank=True, default=list, help_text='[{name, date_of_birth}] the signer answers for.')),
                ('signature', models.JSONField(help_text='{png}, {strokes} or {typed}: waivers.signatures.')),
                ('participation', models.JSONField()),
                ('guardian_name', models.CharField(blank=True, max_length=120)),
                ('guardian_relationship', models.CharField(blank=True, max_length=60)),
                ('guardian_email', models.CharField(blank=True, max_length=254, verbose_name="guardian's e-mail")),
                ('guardian_phone', models.CharField(blank=True, max_length=20)),
                ('guardian_signature', models.JSONField(blank=True, null=True)),
                ('guardian_submission_key', models.CharField(blank=True, max_length=64)),
                ('link_lookup', models.BinaryField(max_length=32, null=True, unique=True)),
                ('link_generation', models.PositiveIntegerField(default=1, editable=False)),
                ('record', models.TextField(blank=True)),
                ('record_digest', models.CharField(blank=True, max_length=64)),
                ('previous_digest', models.CharField(blank=True, max_length=64)),
                ('chain_position', models.PositiveBigIntegerField(blank=True, null=True, unique=True)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('charter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='charters.charter')),
                ('guest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='charters.guest')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='waivers.waivertext')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['charter', 'status'], name='waiver_of_charter')],
                'constraints': [models.UniqueConstraint(fields=('charter', 'submission_key'), name='waiver_once_a_submission'), models.CheckConstraint(condition=models.Q(models.Q(('submission_key', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='waiver_has_key_and_name'), models.CheckConstraint(condition=models.Q(models.Q(('chain_position__isnull', True), ('previous_digest', ''), ('record', ''), ('record_digest', ''), ('signed_at__isnull', True)), models.Q(('chain_position__gte', 1), ('record__gt', ''), ('record_digest__gt', ''), ('signed_at__isnull', False), models.Q(('chain_position', 1), ('previous_digest__gt', ''), _connector='OR')), _connector='OR'), name='waiver_record_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'SIGNED'), _negated=True), ('record_digest__gt', ''), _connector='OR'), name='waiver_signed_has_record'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'PENDING_GUARDIAN'), _negated=True), models.Q(('link_lookup__isnull', False), ('record', '')), _connector='OR'), name='waiver_pending_has_link')],
            },
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]
