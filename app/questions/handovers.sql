-- Won deals that lack what delivery needs, or that are not handed over yet. One row per deal, the newest first.
select
    h.deal_name, c.client, h.deal_owner, h.source_system, h.source_id, h.record_url, h.missing_fields,
    cast(h.deal_native_amount as decimal(18, 2)) as deal_native_amount, h.native_currency, h.is_handed_over, h.won_date
from marts.fct_handovers as h
left join marts.dim_clients as c on c.client_id = h.client_id
where
    h.won_date <= cast($as_of as date) and (not h.is_ready or not h.is_handed_over)
    and ($engagement_ids is null or h.engagement_id in (select unnest($engagement_ids)))
order by h.won_date desc, h.source_id
