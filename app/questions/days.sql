-- The days that can be asked about: from the first on which anything counts. One row.
select least((select min(d.day) from marts.fct_revenue_deltas as d), (select min(i.day) from marts.fct_variance_deltas as i)) as first_day
