"""The metrics that there are, as they were agreed: a test holds the definitions against this list."""

METRICS = """
    sold_revenue original_sold_revenue signed_change_orders_amount pipeline_amount weighted_pipeline_amount
    won_deal_count decided_deal_count win_rate average_deal_amount sales_cycle_days
    planned_revenue planned_hours worked_hours billable_hours worked_amount capacity_hours assigned_hours
    billable_utilization_rate scheduled_utilization_rate utilization_forecast_error delivery_cost_amount
    remaining_hours estimate_at_completion_hours forecast_overrun_hours
    billed_revenue credited_amount advance_billed_amount recognized_revenue deferred_amount collected_cash
    receivables_amount overdue_receivables_amount disputed_receivables_amount bad_debt_amount dso_days
    invoice_rejection_rate invoice_to_cash_days subcontractor_cost_amount
    planned_minus_sold billed_minus_planned recognized_minus_billed collected_minus_billed backlog_amount
    unbilled_backlog_amount book_to_bill_ratio wip_amount unapproved_amount written_off_amount invoiceable_amount
    billing_realization_rate collection_rate effective_bill_rate project_margin_amount project_margin_rate
    billed_margin_amount planned_margin_rate revenue_leakage_amount revenue_leakage_rate unstaffed_sold_hours
    revenue_forecast_amount revenue_forecast_error project_setup_days approval_to_invoice_days billing_cycle_days
    payment_visibility_days duplicate_client_rate duplicate_record_count open_exception_count open_exception_amount
    exception_age_days exception_resolution_days ownership_breach_count reconciliation_backlog_amount
    sync_event_count sync_failure_rate sync_latency_minutes sync_sla_attainment_rate
    tickets_opened_count open_ticket_count ticket_resolution_hours
""".split()

# Those that MetricFlow needs as inputs of a ratio or a difference; they have no view and no row in the catalogue.
INPUTS = """
    won_deal_amount believed_assigned_hours believed_less_worked_hours planned_cost_amount costed_planned_amount
    planned_margin_amount billed_time_amount billed_gross_amount receivables_times_90_amount
    billed_gross_of_90_days_amount rejected_invoice_count sent_invoice_count standard_work_amount
    worked_to_date_amount duplicate_client_count client_count failed_sync_event_count finished_sync_event_count
    in_time_sync_event_count measured_sync_event_count
""".split()

# One value per case; what a group says is the median of its cases.
MEDIANS = """sales_cycle_days invoice_to_cash_days project_setup_days approval_to_invoice_days billing_cycle_days
    payment_visibility_days exception_age_days exception_resolution_days sync_latency_minutes
    ticket_resolution_hours""".split()
