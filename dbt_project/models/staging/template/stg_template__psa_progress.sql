{{ template_table('psa_progress') }}
