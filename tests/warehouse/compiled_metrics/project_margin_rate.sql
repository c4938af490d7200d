-- Comes from canonical.accounting_cost_postings.amount, canonical.accounting_revenue_postings.amount,
-- canonical.fx_rates.rate, canonical.psa_cost_rates.hourly_cost, canonical.psa_expenses.amount,
-- canonical.psa_time_entries.hours
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
    sum(numerator) / nullif(cast(sum(denominator) as double), 0) as project_margin_rate
from (
    select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, numerator, 0 as denominator
    from (
        select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, project_margin_amount as numerator
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
                recognized_revenue - delivery_cost_amount - subcontractor_cost_amount as project_margin_amount
            from (
                select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, recognized_revenue, 0 as delivery_cost_amount, 0 as subcontractor_cost_amount
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
                        recognized_revenue
                    from (
                        SELECT
                          metric_time__day,
                          engagement,
                          revenue_type,
                          revenue_posting__posting_source,
                          revenue_posting__booking_legal_entity,
                          revenue_posting__account_code,
                          engagement__client,
                          engagement__parent_client,
                          engagement__legal_entity,
                          engagement__practice,
                          engagement__contract_type,
                          engagement__project_manager,
                          engagement__project_status,
                          engagement__deal_owner,
                          COALESCE(__recognized_revenue, 0) AS recognized_revenue
                        FROM (
                          SELECT
                            subq_1.metric_time__day AS metric_time__day,
                            subq_1.engagement AS engagement,
                            subq_1.revenue_type AS revenue_type,
                            subq_1.revenue_posting__posting_source AS revenue_posting__posting_source,
                            subq_1.revenue_posting__booking_legal_entity AS revenue_posting__booking_legal_entity,
                            subq_1.revenue_posting__account_code AS revenue_posting__account_code,
                            subq_3.client AS engagement__client,
                            subq_3.parent_client AS engagement__parent_client,
                            subq_3.legal_entity AS engagement__legal_entity,
                            subq_3.practice AS engagement__practice,
                            subq_3.contract_type AS engagement__contract_type,
                            subq_3.project_manager AS engagement__project_manager,
                            subq_3.project_status AS engagement__project_status,
                            subq_3.deal_owner AS engagement__deal_owner,
                            subq_1.__recognized_revenue AS __recognized_revenue
                          FROM (
                            SELECT
                              DATE_TRUNC('DAY', metric_date) AS metric_time__day,
                              engagement_id AS engagement,
                              revenue_type,
                              COALESCE(posting_source, '(none)') AS revenue_posting__posting_source,
                              COALESCE(booking_legal_entity, '(none)') AS revenue_posting__booking_legal_entity,
                              COALESCE(account_code, '(none)') AS revenue_posting__account_code,
                              recognized_amount AS __recognized_revenue
                            FROM marts.fct_recognized AS recognized_src_10000
                          ) AS subq_1
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
                            ON subq_1.engagement = subq_3.engagement
                        ) AS subq_7
                    )
                    where recognized_revenue <> 0
                )
                union all
                select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, 0 as recognized_revenue, delivery_cost_amount, 0 as subcontractor_cost_amount
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
                        delivery_cost_amount
                    from (
                        SELECT
                          metric_time__day,
                          engagement,
                          revenue_type,
                          worker,
                          delivery_cost_line__cost_kind,
                          delivery_cost_line__role,
                          engagement__client,
                          engagement__parent_client,
                          engagement__legal_entity,
                          engagement__practice,
                          engagement__contract_type,
                          engagement__project_manager,
                          engagement__project_status,
                          engagement__deal_owner,
                          worker__resource,
                          worker__resource_role,
                          worker__resource_practice,
                          worker__resource_legal_entity,
                          COALESCE(__delivery_cost_amount, 0) AS delivery_cost_amount
                        FROM (
                          SELECT
                            DATE_TRUNC('DAY', delivery_cost_src_10000.metric_date) AS metric_time__day,
                            delivery_cost_src_10000.engagement_id AS engagement,
                            delivery_cost_src_10000.revenue_type AS revenue_type,
                            delivery_cost_src_10000.resource_id AS worker,
                            delivery_cost_src_10000.cost_kind AS delivery_cost_line__cost_kind,
                            delivery_cost_src_10000.role AS delivery_cost_line__role,
                            subq_3.client AS engagement__client,
                            subq_3.parent_client AS engagement__parent_client,
                            subq_3.legal_entity AS engagement__legal_entity,
                            subq_3.practice AS engagement__practice,
                            subq_3.contract_type AS engagement__contract_type,
                            subq_3.project_manager AS engagement__project_manager,
                            subq_3.project_status AS engagement__project_status,
                            subq_3.deal_owner AS engagement__deal_owner,
                            resources_src_10000.resource AS worker__resource,
                            resources_src_10000.resource_role AS worker__resource_role,
                            resources_src_10000.resource_practice AS worker__resource_practice,
                            resources_src_10000.resource_legal_entity AS worker__resource_legal_entity,
                            delivery_cost_src_10000.delivery_cost_amount AS __delivery_cost_amount
                          FROM marts.fct_delivery_cost AS delivery_cost_src_10000
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
                            ON delivery_cost_src_10000.engagement_id = subq_3.engagement
                          LEFT OUTER JOIN marts.dim_resources AS resources_src_10000
                            ON delivery_cost_src_10000.resource_id = resources_src_10000.resource_id
                        ) AS subq_9
                    )
                    where delivery_cost_amount <> 0
                )
                union all
                select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, 0 as recognized_revenue, 0 as delivery_cost_amount, subcontractor_cost_amount
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
                        subcontractor_cost_amount
                    from (
                        SELECT
                          metric_time__day,
                          engagement,
                          revenue_type,
                          cost_posting__account_code,
                          engagement__client,
                          engagement__parent_client,
                          engagement__legal_entity,
                          engagement__practice,
                          engagement__contract_type,
                          engagement__project_manager,
                          engagement__project_status,
                          engagement__deal_owner,
                          COALESCE(__subcontractor_cost_amount, 0) AS subcontractor_cost_amount
                        FROM (
                          SELECT
                            DATE_TRUNC('DAY', ledger_costs_src_10000.metric_date) AS metric_time__day,
                            ledger_costs_src_10000.engagement_id AS engagement,
                            ledger_costs_src_10000.revenue_type AS revenue_type,
                            ledger_costs_src_10000.account_code AS cost_posting__account_code,
                            subq_3.client AS engagement__client,
                            subq_3.parent_client AS engagement__parent_client,
                            subq_3.legal_entity AS engagement__legal_entity,
                            subq_3.practice AS engagement__practice,
                            subq_3.contract_type AS engagement__contract_type,
                            subq_3.project_manager AS engagement__project_manager,
                            subq_3.project_status AS engagement__project_status,
                            subq_3.deal_owner AS engagement__deal_owner,
                            ledger_costs_src_10000.subcontractor_cost_amount AS __subcontractor_cost_amount
                          FROM marts.fct_ledger_costs AS ledger_costs_src_10000
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
                            ON ledger_costs_src_10000.engagement_id = subq_3.engagement
                        ) AS subq_7
                    )
                    where subcontractor_cost_amount <> 0
                )
            )
        )
    )
    union all
    select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, 0 as numerator, denominator
    from (
        select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, recognized_revenue as denominator
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
                recognized_revenue
            from (
                SELECT
                  metric_time__day,
                  engagement,
                  revenue_type,
                  revenue_posting__posting_source,
                  revenue_posting__booking_legal_entity,
                  revenue_posting__account_code,
                  engagement__client,
                  engagement__parent_client,
                  engagement__legal_entity,
                  engagement__practice,
                  engagement__contract_type,
                  engagement__project_manager,
                  engagement__project_status,
                  engagement__deal_owner,
                  COALESCE(__recognized_revenue, 0) AS recognized_revenue
                FROM (
                  SELECT
                    subq_1.metric_time__day AS metric_time__day,
                    subq_1.engagement AS engagement,
                    subq_1.revenue_type AS revenue_type,
                    subq_1.revenue_posting__posting_source AS revenue_posting__posting_source,
                    subq_1.revenue_posting__booking_legal_entity AS revenue_posting__booking_legal_entity,
                    subq_1.revenue_posting__account_code AS revenue_posting__account_code,
                    subq_3.client AS engagement__client,
                    subq_3.parent_client AS engagement__parent_client,
                    subq_3.legal_entity AS engagement__legal_entity,
                    subq_3.practice AS engagement__practice,
                    subq_3.contract_type AS engagement__contract_type,
                    subq_3.project_manager AS engagement__project_manager,
                    subq_3.project_status AS engagement__project_status,
                    subq_3.deal_owner AS engagement__deal_owner,
                    subq_1.__recognized_revenue AS __recognized_revenue
                  FROM (
                    SELECT
                      DATE_TRUNC('DAY', metric_date) AS metric_time__day,
                      engagement_id AS engagement,
                      revenue_type,
                      COALESCE(posting_source, '(none)') AS revenue_posting__posting_source,
                      COALESCE(booking_legal_entity, '(none)') AS revenue_posting__booking_legal_entity,
                      COALESCE(account_code, '(none)') AS revenue_posting__account_code,
                      recognized_amount AS __recognized_revenue
                    FROM marts.fct_recognized AS recognized_src_10000
                  ) AS subq_1
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
                    ON subq_1.engagement = subq_3.engagement
                ) AS subq_7
            )
            where recognized_revenue <> 0
        )
    )
)
group by metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type
