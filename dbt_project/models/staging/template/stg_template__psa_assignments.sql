{{ template_table('psa_assignments') }}
