{{ template_table('accounting_revenue_postings') }}
