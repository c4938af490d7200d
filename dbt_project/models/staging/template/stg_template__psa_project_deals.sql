{{ template_table('psa_project_deals') }}
