-- Comes from canonical.accounting_trial_balance.account_type, canonical.accounting_trial_balance.amount,
-- canonical.fx_rates.rate
select
    cast(metric_time__day as date) as metric_date,
    ledger_movement__booking_legal_entity as booking_legal_entity,
    ledger_movement__account_code as account_code,
    deferred_amount
from (
    SELECT
      metric_time__day
      , ledger_movement__booking_legal_entity
      , ledger_movement__account_code
      , SUM(__deferred_amount) AS deferred_amount
    FROM (
      SELECT
        DATE_TRUNC('day', metric_date) AS metric_time__day
        , booking_legal_entity AS ledger_movement__booking_legal_entity
        , account_code AS ledger_movement__account_code
        , case when account_type = 'deferred_revenue' then movement_amount else 0 end AS __deferred_amount
      FROM marts.fct_ledger_movements ledger_movements_src_10000
    ) subq_3
    GROUP BY
      metric_time__day
      , ledger_movement__booking_legal_entity
      , ledger_movement__account_code
)
where deferred_amount <> 0
