{{ template_table('psa_cost_rates') }}
