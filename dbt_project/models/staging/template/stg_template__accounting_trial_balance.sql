{{ template_table('accounting_trial_balance') }}
