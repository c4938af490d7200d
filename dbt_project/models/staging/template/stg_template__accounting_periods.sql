{{ template_table('accounting_periods') }}
