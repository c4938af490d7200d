-- Comes from canonical.fx_rates.rate, canonical.psa_budget_lines.amount, canonical.psa_budget_lines.kind,
-- canonical.psa_budget_lines.planned_hours, canonical.psa_cost_rates.hourly_cost
select
    metric_date,
    engagement_id,
    client,
    parent_client,
    legal_entity,
    practice,
    contract_type,
    project_manager,
    project_status,
    deal_owner,
    revenue_type,
    sum(numerator) as numerator,
    sum(denominator) as denominator,
    sum(numerator) / nullif(cast(sum(denominator) as double), 0) as planned_margin_rate
from (
    select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, numerator, 0 as denominator
    from (
        select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, planned_margin_amount as numerator
        from (
            select
                metric_date,
                engagement_id,
                client,
                parent_client,
                legal_entity,
                practice,
                contract_type,
                project_manager,
                project_status,
                deal_owner,
                revenue_type,
                costed_planned_amount - planned_cost_amount as planned_margin_amount
            from (
                select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, costed_planned_amount, 0 as planned_cost_amount
                from (
                    select
                        cast(metric_time__day as date) as metric_date,
                        engagement as engagement_id,
                        coalesce(engagement__client, '(none)') as client,
                        coalesce(engagement__parent_client, '(none)') as parent_client,
                        coalesce(engagement__legal_entity, '(none)') as legal_entity,
                        coalesce(engagement__practice, '(none)') as practice,
                        coalesce(engagement__contract_type, '(none)') as contract_type,
                        coalesce(engagement__project_manager, '(none)') as project_manager,
                        coalesce(engagement__project_status, '(none)') as project_status,
                        coalesce(engagement__deal_owner, '(none)') as deal_owner,
                        revenue_type,
                        costed_planned_amount
                    from (
                        SELECT
                          metric_time__day,
                          engagement,
                          revenue_type,
                          engagement__client,
                          engagement__parent_client,
                          engagement__legal_entity,
                          engagement__practice,
                          engagement__contract_type,
                          engagement__project_manager,
                          engagement__project_status,
                          engagement__deal_owner,
                          COALESCE(__costed_planned_amount, 0) AS costed_planned_amount
                        FROM (
                          SELECT
                            DATE_TRUNC('DAY', planned_cost_src_10000.metric_date) AS metric_time__day,
                            planned_cost_src_10000.engagement_id AS engagement,
                            planned_cost_src_10000.revenue_type AS revenue_type,
                            subq_3.client AS engagement__client,
                            subq_3.parent_client AS engagement__parent_client,
                            subq_3.legal_entity AS engagement__legal_entity,
                            subq_3.practice AS engagement__practice,
                            subq_3.contract_type AS engagement__contract_type,
                            subq_3.project_manager AS engagement__project_manager,
                            subq_3.project_status AS engagement__project_status,
                            subq_3.deal_owner AS engagement__deal_owner,
                            planned_cost_src_10000.costed_planned_amount AS __costed_planned_amount
                          FROM marts.fct_planned_cost AS planned_cost_src_10000
                          LEFT OUTER JOIN (
                            SELECT
                              engagement_id AS engagement,
                              client,
                              parent_client,
                              COALESCE(legal_entity, '(none)') AS legal_entity,
                              COALESCE(practice, '(none)') AS practice,
                              COALESCE(contract_type, '(none)') AS contract_type,
                              COALESCE(project_manager, '(none)') AS project_manager,
                              COALESCE(project_status, '(none)') AS project_status,
                              COALESCE(deal_owner, '(none)') AS deal_owner
                            FROM marts.dim_engagements AS engagements_src_10000
                          ) AS subq_3
                            ON planned_cost_src_10000.engagement_id = subq_3.engagement
                        ) AS subq_7
                    )
                    where costed_planned_amount <> 0
                )
                union all
                select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, 0 as costed_planned_amount, planned_cost_amount
                from (
                    select
                        cast(metric_time__day as date) as metric_date,
                        engagement as engagement_id,
                        coalesce(engagement__client, '(none)') as client,
                        coalesce(engagement__parent_client, '(none)') as parent_client,
                        coalesce(engagement__legal_entity, '(none)') as legal_entity,
                        coalesce(engagement__practice, '(none)') as practice,
                        coalesce(engagement__contract_type, '(none)') as contract_type,
                        coalesce(engagement__project_manager, '(none)') as project_manager,
                        coalesce(engagement__project_status, '(none)') as project_status,
                        coalesce(engagement__deal_owner, '(none)') as deal_owner,
                        revenue_type,
                        planned_cost_amount
                    from (
                        SELECT
                          metric_time__day,
                          engagement,
                          revenue_type,
                          engagement__client,
                          engagement__parent_client,
                          engagement__legal_entity,
                          engagement__practice,
                          engagement__contract_type,
                          engagement__project_manager,
                          engagement__project_status,
                          engagement__deal_owner,
                          COALESCE(__planned_cost_amount, 0) AS planned_cost_amount
                        FROM (
                          SELECT
                            DATE_TRUNC('DAY', planned_cost_src_10000.metric_date) AS metric_time__day,
                            planned_cost_src_10000.engagement_id AS engagement,
                            planned_cost_src_10000.revenue_type AS revenue_type,
                            subq_3.client AS engagement__client,
                            subq_3.parent_client AS engagement__parent_client,
                            subq_3.legal_entity AS engagement__legal_entity,
                            subq_3.practice AS engagement__practice,
                            subq_3.contract_type AS engagement__contract_type,
                            subq_3.project_manager AS engagement__project_manager,
                            subq_3.project_status AS engagement__project_status,
                            subq_3.deal_owner AS engagement__deal_owner,
                            planned_cost_src_10000.planned_cost_amount AS __planned_cost_amount
                          FROM marts.fct_planned_cost AS planned_cost_src_10000
                          LEFT OUTER JOIN (
                            SELECT
                              engagement_id AS engagement,
                              client,
                              parent_client,
                              COALESCE(legal_entity, '(none)') AS legal_entity,
                              COALESCE(practice, '(none)') AS practice,
                              COALESCE(contract_type, '(none)') AS contract_type,
                              COALESCE(project_manager, '(none)') AS project_manager,
                              COALESCE(project_status, '(none)') AS project_status,
                              COALESCE(deal_owner, '(none)') AS deal_owner
                            FROM marts.dim_engagements AS engagements_src_10000
                          ) AS subq_3
                            ON planned_cost_src_10000.engagement_id = subq_3.engagement
                        ) AS subq_7
                    )
                    where planned_cost_amount <> 0
                )
            )
        )
    )
    union all
    select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, 0 as numerator, denominator
    from (
        select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, costed_planned_amount as denominator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                engagement as engagement_id,
                coalesce(engagement__client, '(none)') as client,
                coalesce(engagement__parent_client, '(none)') as parent_client,
                coalesce(engagement__legal_entity, '(none)') as legal_entity,
                coalesce(engagement__practice, '(none)') as practice,
                coalesce(engagement__contract_type, '(none)') as contract_type,
                coalesce(engagement__project_manager, '(none)') as project_manager,
                coalesce(engagement__project_status, '(none)') as project_status,
                coalesce(engagement__deal_owner, '(none)') as deal_owner,
                revenue_type,
                costed_planned_amount
            from (
                SELECT
                  metric_time__day,
                  engagement,
                  revenue_type,
                  engagement__client,
                  engagement__parent_client,
                  engagement__legal_entity,
                  engagement__practice,
                  engagement__contract_type,
                  engagement__project_manager,
                  engagement__project_status,
                  engagement__deal_owner,
                  COALESCE(__costed_planned_amount, 0) AS costed_planned_amount
                FROM (
                  SELECT
                    DATE_TRUNC('DAY', planned_cost_src_10000.metric_date) AS metric_time__day,
                    planned_cost_src_10000.engagement_id AS engagement,
                    planned_cost_src_10000.revenue_type AS revenue_type,
                    subq_3.client AS engagement__client,
                    subq_3.parent_client AS engagement__parent_client,
                    subq_3.legal_entity AS engagement__legal_entity,
                    subq_3.practice AS engagement__practice,
                    subq_3.contract_type AS engagement__contract_type,
                    subq_3.project_manager AS engagement__project_manager,
                    subq_3.project_status AS engagement__project_status,
                    subq_3.deal_owner AS engagement__deal_owner,
                    planned_cost_src_10000.costed_planned_amount AS __costed_planned_amount
                  FROM marts.fct_planned_cost AS planned_cost_src_10000
                  LEFT OUTER JOIN (
                    SELECT
                      engagement_id AS engagement,
                      client,
                      parent_client,
                      COALESCE(legal_entity, '(none)') AS legal_entity,
                      COALESCE(practice, '(none)') AS practice,
                      COALESCE(contract_type, '(none)') AS contract_type,
                      COALESCE(project_manager, '(none)') AS project_manager,
                      COALESCE(project_status, '(none)') AS project_status,
                      COALESCE(deal_owner, '(none)') AS deal_owner
                    FROM marts.dim_engagements AS engagements_src_10000
                  ) AS subq_3
                    ON planned_cost_src_10000.engagement_id = subq_3.engagement
                ) AS subq_7
            )
            where costed_planned_amount <> 0
        )
    )
)
group by metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type
