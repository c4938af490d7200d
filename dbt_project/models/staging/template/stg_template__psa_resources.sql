{{ template_table('psa_resources') }}
