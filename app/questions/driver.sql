-- What a driver means, whose it is and where it is mended. One row.
select d.driver, d.label, d.sentence, d.formula, d.class, d.class_with_reason, d.owner_role, d.fix_system, d.fix_object, d.fix_field, d.sla_days, d.missing_field
from seeds.variance_drivers as d
where d.bridge = $bridge and d.driver = $driver
