-- What a filter may be set to. One row per dimension and value; '' stands for engagements where it is not set.
unpivot (
    select distinct
        coalesce(e.client, '') as client,
        coalesce(e.practice, '') as practice,
        coalesce(e.legal_entity, '') as legal_entity,
        coalesce(e.project_manager, '') as project_manager,
        coalesce(e.contract_type, '') as contract_type
    from marts.dim_engagements as e
) on client, practice, legal_entity, project_manager, contract_type into name dimension value choice
