{{ template_table('accounting_credit_allocations') }}
