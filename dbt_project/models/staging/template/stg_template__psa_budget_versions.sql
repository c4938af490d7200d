{{ template_table('psa_budget_versions') }}
