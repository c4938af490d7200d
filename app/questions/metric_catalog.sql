-- The catalogue of metrics. One row per metric.
select c.metric, c.label, c.description, c.kind, c.system_of_record, c.time, c.owner, c.unit, c.direction, c.where_to_fix,
    c.definition_version, c.fingerprint, c.approved_by, c.approved_on, c.is_available, c.lacks, c.sql
from semantic.metric_catalog as c
order by c.metric
