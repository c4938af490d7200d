{{ template_table('psa_time_entries') }}
