{{ template_table('psa_expenses') }}
