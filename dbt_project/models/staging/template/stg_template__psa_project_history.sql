{{ template_table('psa_project_history') }}
union all
{{ history_from_versions('template', 'psa_projects', 'psa_project_history', 'project_id', {
    'status': 'varchar', 'contract_type': 'varchar', 'crm_deal_id': 'varchar', 'end_date': 'date'
}) }}
