-- Comes from canonical.accounting_invoice_lines.booked_amount,
-- canonical.accounting_invoice_lines.booked_currency, canonical.accounting_invoice_lines.invoice_line_id,
-- canonical.accounting_invoice_lines.kind, canonical.accounting_invoice_lines.net_amount,
-- canonical.fx_rates.rate
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
    billed_line__billed_kind as billed_kind,
    billed_line__booking_legal_entity as booking_legal_entity,
    billed_line__account_code as account_code,
    billed_line__department as department,
    billed_line__cost_center as cost_center,
    billed_line__invoice_status as invoice_status,
    billed_line__ledger as ledger,
    advance_billed_amount
from (
    SELECT
      subq_1.metric_time__day AS metric_time__day,
      subq_1.engagement AS engagement,
      subq_1.revenue_type AS revenue_type,
      subq_1.billed_line__billed_kind AS billed_line__billed_kind,
      subq_1.billed_line__booking_legal_entity AS billed_line__booking_legal_entity,
      subq_1.billed_line__account_code AS billed_line__account_code,
      subq_1.billed_line__department AS billed_line__department,
      subq_1.billed_line__cost_center AS billed_line__cost_center,
      subq_1.billed_line__invoice_status AS billed_line__invoice_status,
      subq_1.billed_line__ledger AS billed_line__ledger,
      subq_3.client AS engagement__client,
      subq_3.parent_client AS engagement__parent_client,
      subq_3.legal_entity AS engagement__legal_entity,
      subq_3.practice AS engagement__practice,
      subq_3.contract_type AS engagement__contract_type,
      subq_3.project_manager AS engagement__project_manager,
      subq_3.project_status AS engagement__project_status,
      subq_3.deal_owner AS engagement__deal_owner,
      subq_1.__advance_billed_amount AS advance_billed_amount
    FROM (
      SELECT
        DATE_TRUNC('DAY', metric_date) AS metric_time__day,
        engagement_id AS engagement,
        revenue_type,
        kind AS billed_line__billed_kind,
        COALESCE(booking_legal_entity, '(none)') AS billed_line__booking_legal_entity,
        COALESCE(account_code, '(none)') AS billed_line__account_code,
        COALESCE(department, '(none)') AS billed_line__department,
        COALESCE(cost_center, '(none)') AS billed_line__cost_center,
        invoice_status AS billed_line__invoice_status,
        source_system AS billed_line__ledger,
        advance_billed_amount AS __advance_billed_amount
      FROM marts.fct_billed AS billed_src_10000
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
)
where advance_billed_amount <> 0
