-- Every version of every assignment, as loads showed them. One row per assignment and version.
select source_system, source_id, load_id, hours, week_start, valid_from, valid_to
from {{ raw_versions('template', 'psa_assignments', {'hours': 'decimal(18, 6)', 'week_start': 'date'}) }}
