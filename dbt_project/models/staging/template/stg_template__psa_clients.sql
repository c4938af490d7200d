{{ template_table('psa_clients') }}
