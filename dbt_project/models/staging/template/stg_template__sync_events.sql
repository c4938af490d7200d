{{ template_table('sync_events') }}
