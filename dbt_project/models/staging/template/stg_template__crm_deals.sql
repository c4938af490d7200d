{{ template_table('crm_deals') }}
