{{ canonical_table(
    'psa_budget_lines',
    ['template', 'tryton'],
    references={'project_id': 'psa_projects', 'milestone_id': 'psa_milestones'}
) }}
