{{ template_table('accounting_rate_cards') }}
