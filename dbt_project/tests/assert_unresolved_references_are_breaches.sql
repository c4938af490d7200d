-- A reference that leads nowhere is never a lost row: the record is kept, and the breach says so.
select lost.finding, lost.source_object, lost.source_system, lost.source_id, lost.field, lost.given
from {{ ref('int_unresolved_references') }} as lost
left join {{ ref('fct_ownership_breaches') }} as breaches
    on breaches.rule = lost.finding || '_reference' and breaches.source_object = lost.source_object
    and breaches.source_system = lost.source_system and breaches.source_id = lost.source_id and breaches.field = lost.field
where breaches.breach_id is null
