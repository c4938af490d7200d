-- One row per line of a posted move: its account, and its amount with credit positive, in the company's money and,
-- where it has one, in its document's.
select
    line.source_system, line.id as ledger_line_id, line.move as move_id, move.date as posted_on,
    move.company as company_id, company.name as legal_entity, company.currency, account.code as account_code,
    coalesce(type.revenue, false) as is_revenue, coalesce(type.receivable, false) as is_receivable,
    journal.type as journal_type, coalesce(author.name, author.login) as posted_by, line.party as party_id,
    line.reconciliation as reconciliation_id, line.origin, cast(line.credit - line.debit as decimal(18, 4)) as amount,
    second.code as second_currency, cast(-line.amount_second_currency as decimal(18, 4)) as second_amount, line.load_id,
    line.first_seen_at, coalesce(line.deleted_at, move.deleted_at) as deleted_at
from {{ tryton('account_move_line') }} as line
join {{ tryton('account_move') }} as move
    on line.source_system = move.source_system and line.move = move.id and move.state = 'posted'
left join {{ tryton('account_account') }} as account
    on line.source_system = account.source_system and line.account = account.id
left join {{ tryton('account_account_type') }} as type
    on account.source_system = type.source_system and account.type = type.id
left join {{ tryton('account_journal') }} as journal
    on move.source_system = journal.source_system and move.journal = journal.id
left join {{ tryton('res_user') }} as author
    on move.source_system = author.source_system and move.create_uid = author.id
left join {{ tryton('currency_currency') }} as second
    on line.source_system = second.source_system and line.second_currency = second.id
left join {{ ref('stg_tryton__companies') }} as company
    on move.source_system = company.source_system and move.company = company.company_id
