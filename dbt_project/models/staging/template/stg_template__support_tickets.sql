{{ template_table('support_tickets') }}
