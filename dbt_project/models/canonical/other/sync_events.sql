{{ canonical_table(
    'sync_events',
    ['template'],
    key='event_id'
) }}
