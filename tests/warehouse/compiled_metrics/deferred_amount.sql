-- Comes from canonical.accounting_trial_balance.account_type, canonical.accounting_trial_balance.amount,
-- canonical.fx_rates.rate
select
    cast(metric_time__day as date) as metric_date,
    ledger_movement__booking_legal_entity as booking_legal_entity,
    ledger_movement__account_code as account_code,
    deferred_amount
from (
    SELECT
      metric_time__day,
      ledger_movement__booking_legal_entity,
      ledger_movement__account_code,
      __deferred_amount AS deferred_amount
    FROM (
      SELECT
        DATE_TRUNC('DAY', metric_date) AS metric_time__day,
        booking_legal_entity AS ledger_movement__booking_legal_entity,
        account_code AS ledger_movement__account_code,
        CASE WHEN account_type = 'deferred_revenue' THEN movement_amount ELSE 0 END AS __deferred_amount
      FROM marts.fct_ledger_movements AS ledger_movements_src_10000
    ) AS subq_3
)
where deferred_amount <> 0
