{{ template_table('accounting_projects') }}
