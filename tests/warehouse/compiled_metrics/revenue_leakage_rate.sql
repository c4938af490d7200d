-- Comes from canonical.accounting_credit_allocations.allocated_on,
-- canonical.accounting_credit_allocations.amount, canonical.accounting_credit_allocations.source_id,
-- canonical.accounting_customers.payment_terms_days, canonical.accounting_invoice_lines.booked_amount,
-- canonical.accounting_invoice_lines.booked_currency, canonical.accounting_invoice_lines.invoice_id,
-- canonical.accounting_invoice_lines.invoice_line_id, canonical.accounting_invoice_lines.kind,
-- canonical.accounting_invoice_lines.net_amount, canonical.accounting_invoice_lines.tax_amount,
-- canonical.accounting_invoices.currency, canonical.accounting_invoices.customer_id,
-- canonical.accounting_invoices.dispute_resolved_at, canonical.accounting_invoices.disputed_at,
-- canonical.accounting_invoices.due_date, canonical.accounting_invoices.invoice_date,
-- canonical.accounting_invoices.invoice_id, canonical.accounting_invoices.source_system,
-- canonical.accounting_invoices.status, canonical.accounting_invoices.type,
-- canonical.accounting_invoices.voided_at, canonical.accounting_payments.amount,
-- canonical.accounting_payments.applied_amount, canonical.accounting_payments.currency,
-- canonical.accounting_payments.customer_id, canonical.accounting_payments.kind,
-- canonical.accounting_payments.paid_on, canonical.accounting_payments.payment_id,
-- canonical.accounting_payments.source_system, canonical.accounting_revenue_postings.amount,
-- canonical.accounting_revenue_postings.customer_id, canonical.accounting_revenue_postings.posted_on,
-- canonical.accounting_revenue_postings.source_system, canonical.crm_deal_history.changed_at,
-- canonical.crm_deal_history.deal_id, canonical.crm_deal_history.new_value,
-- canonical.crm_deal_history.old_value, canonical.crm_deal_lines.amount, canonical.crm_deal_lines.family,
-- canonical.crm_deal_lines.hours, canonical.crm_deal_lines.role, canonical.crm_deals.amount,
-- canonical.crm_deals.change_order_number, canonical.crm_deals.close_date, canonical.crm_deals.created_at,
-- canonical.crm_deals.deal_id, canonical.crm_deals.deleted_at, canonical.crm_deals.tax_amount,
-- canonical.fx_rates.rate, canonical.psa_budget_lines.amount, canonical.psa_budget_lines.budget_line_id,
-- canonical.psa_budget_lines.deleted_at, canonical.psa_budget_lines.kind,
-- canonical.psa_budget_lines.planned_date, canonical.psa_budget_lines.planned_hours,
-- canonical.psa_budget_lines.project_id, canonical.psa_budget_lines.role,
-- canonical.psa_budget_versions.change_order_number, canonical.psa_budget_versions.deleted_at,
-- canonical.psa_budget_versions.effective_on, canonical.psa_budget_versions.project_id,
-- canonical.psa_budget_versions.version, canonical.psa_expenses.amount, canonical.psa_expenses.approved_at,
-- canonical.psa_expenses.expense_date, canonical.psa_expenses.expense_id, canonical.psa_expenses.is_billable,
-- canonical.psa_expenses.status, canonical.psa_expenses.written_off_at,
-- canonical.psa_milestones.milestone_id, canonical.psa_milestones.reached_at,
-- canonical.psa_project_history.changed_at, canonical.psa_project_history.new_value,
-- canonical.psa_project_history.old_value, canonical.psa_project_history.project_id,
-- canonical.psa_projects.created_at, canonical.psa_projects.deleted_at, canonical.psa_projects.end_date,
-- canonical.psa_projects.project_id, canonical.psa_projects.status, canonical.psa_time_entries.approved_at,
-- canonical.psa_time_entries.bill_rate, canonical.psa_time_entries.hours,
-- canonical.psa_time_entries.is_billable, canonical.psa_time_entries.non_billable_reason,
-- canonical.psa_time_entries.status, canonical.psa_time_entries.time_entry_id,
-- canonical.psa_time_entries.work_date, canonical.psa_time_entries.written_off_at
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
    sum(sum(numerator)) over (partition by engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type order by metric_date) / nullif(cast(sum(sum(denominator)) over (partition by engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type order by metric_date) as double), 0) as revenue_leakage_rate
from (
    select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, numerator, 0 as denominator
    from (
        select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, revenue_leakage_amount as numerator
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
                revenue_leakage_amount
            from (
                SELECT
                  DATE_TRUNC('DAY', leakage_src_10000.metric_date) AS metric_time__day,
                  leakage_src_10000.engagement_id AS engagement,
                  leakage_src_10000.revenue_type AS revenue_type,
                  leakage_src_10000.leakage_cause AS leakage_change__leakage_cause,
                  subq_3.client AS engagement__client,
                  subq_3.parent_client AS engagement__parent_client,
                  subq_3.legal_entity AS engagement__legal_entity,
                  subq_3.practice AS engagement__practice,
                  subq_3.contract_type AS engagement__contract_type,
                  subq_3.project_manager AS engagement__project_manager,
                  subq_3.project_status AS engagement__project_status,
                  subq_3.deal_owner AS engagement__deal_owner,
                  leakage_src_10000.leakage_amount AS revenue_leakage_amount
                FROM marts.fct_leakage AS leakage_src_10000
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
                  ON leakage_src_10000.engagement_id = subq_3.engagement
            )
            where revenue_leakage_amount <> 0
        )
    )
    union all
    select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, 0 as numerator, denominator
    from (
        select metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type, worked_to_date_amount as denominator
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
                worked_to_date_amount
            from (
                SELECT
                  subq_1.metric_time__day AS metric_time__day,
                  subq_1.engagement AS engagement,
                  subq_1.revenue_type AS revenue_type,
                  subq_1.worker AS worker,
                  subq_1.time_entry__role AS time_entry__role,
                  subq_1.time_entry__time_status AS time_entry__time_status,
                  subq_1.time_entry__is_internal AS time_entry__is_internal,
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
                  subq_1.__worked_to_date_amount AS worked_to_date_amount
                FROM (
                  SELECT
                    DATE_TRUNC('DAY', metric_date) AS metric_time__day,
                    engagement_id AS engagement,
                    'service' AS revenue_type,
                    resource_id AS worker,
                    COALESCE(role, '(none)') AS time_entry__role,
                    status AS time_entry__time_status,
                    is_internal AS time_entry__is_internal,
                    worked_amount AS __worked_to_date_amount
                  FROM marts.fct_time_entries AS time_entries_src_10000
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
                LEFT OUTER JOIN marts.dim_resources AS resources_src_10000
                  ON subq_1.worker = resources_src_10000.resource_id
            )
            where worked_to_date_amount <> 0
        )
    )
)
group by metric_date, engagement_id, client, parent_client, legal_entity, practice, contract_type, project_manager, project_status, deal_owner, revenue_type
