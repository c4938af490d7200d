{{ template_table('crm_accounts') }}
