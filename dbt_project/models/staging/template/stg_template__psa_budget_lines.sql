{{ template_table('psa_budget_lines') }}
