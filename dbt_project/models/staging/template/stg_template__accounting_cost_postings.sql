{{ template_table('accounting_cost_postings') }}
