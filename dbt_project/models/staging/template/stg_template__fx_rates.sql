{{ template_table('fx_rates') }}
