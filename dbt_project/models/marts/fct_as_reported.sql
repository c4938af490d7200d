-- The figures of closed months as they were told when closed. One row per closing, engagement, measure, driver and period.
select
    figures.month, figures.snapshot, figures.engagement_id, figures.measure, figures.driver, figures.period, closings.reason,
    figures.amount,
    closings.closed_at = max(closings.closed_at) over (partition by figures.month) as is_latest,
    closings.business_day, figures.closed_at
from {{ reported('reported_figures') }} as figures
inner join {{ reported('closed_months') }} as closings
    on figures.month = closings.month and figures.closed_at = closings.closed_at
order by figures.month, figures.closed_at, figures.engagement_id
