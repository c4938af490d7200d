{{ template_table('psa_project_history') }}
