{{ template_table('psa_projects') }}
