{{ template_table('psa_milestones') }}
