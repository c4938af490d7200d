{{ template_table('crm_deal_history') }}
