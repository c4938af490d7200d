-- What was sold and is delivered as one: ever-won deals and projects that are linked, however many.

create temp table members as
select 'deal' as member_type, d.deal_id as key, d.created_at
from canonical.crm_deals as d where d.deal_id in (select w.deal_id from winnings as w)
union all
select 'project', p.project_id, p.created_at from canonical.psa_projects as p;

create temp table member_links as
with pairs as (
    select 'project:' || project_id as one, 'deal:' || crm_deal_id as other from canonical.psa_projects
    union all
    select 'project:' || l.project_id, 'deal:' || l.deal_id
    from canonical.psa_project_deals as l
    left join canonical.psa_projects as p on p.project_id = l.project_id
    left join canonical.crm_deals as d on d.deal_id = l.deal_id
    where l.deleted_at is null or l.deleted_at >= p.deleted_at or l.deleted_at >= d.deleted_at
    union all
    select 'deal:' || deal_id, 'deal:' || parent_deal_id from canonical.crm_deals
),

known as (
    select p.* from pairs as p
    inner join members as a on a.member_type || ':' || a.key = p.one
    inner join members as b on b.member_type || ':' || b.key = p.other
)

select one, other from known
union
select other, one from known;

create temp table engagement_of as
with recursive reached as (
    select member_type || ':' || key as member, member_type || ':' || key as other from members
    union
    select r.member, l.other from reached as r inner join member_links as l on l.one = r.other
)

select r.member, arg_min(r.other, (m.created_at, m.key, m.member_type)) as engagement_id
from reached as r inner join members as m on m.member_type || ':' || m.key = r.other
group by r.member;

create temp macro engagement_of_project(project) as
    (select its_member.engagement_id from engagement_of as its_member where its_member.member = 'project:' || project);

create temp macro engagement_of_deal(deal) as
    (select its_member.engagement_id from engagement_of as its_member where its_member.member = 'deal:' || deal);

-- The day whose rates make an engagement's amounts comparable: its earliest winning, else its project's creation.
create temp table reference_days as
select
    e.engagement_id, coalesce(min(w.won_on), min_by(day_of(m.created_at), (m.created_at, m.key, m.member_type))) as day
from engagement_of as e
inner join members as m on m.member_type || ':' || m.key = e.member
left join winnings as w on e.member = 'deal:' || w.deal_id
group by e.engagement_id;
