{{ canonical_table(
    'support_tickets',
    ['template'],
    key='ticket_id',
    references={'account_id': 'crm_accounts', 'project_id': 'psa_projects'}
) }}
