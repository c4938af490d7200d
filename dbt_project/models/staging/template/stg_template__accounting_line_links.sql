{{ template_table('accounting_line_links') }}
