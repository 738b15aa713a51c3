-- Rows of `seg_ref__behaviour_rules` or `seg__behaviour_rules` that would never hold, and rules that would leave users without a type.
with

rules as (

    {{ reference_rows(
        'behaviour_rules',
        "segment_key || '.' || coalesce(feature_name, '')",
        ['segment_key', 'priority', 'feature_name', 'minimum', 'maximum', 'minimum_quantile']
    ) }}

),

types as (

    select
        segment_key,
        min(priority) as priority,
        max(priority) as highest_priority,
        count(feature_name) as condition_count
    from rules
    group by segment_key
    having count(priority) = count(*)

),

repeated as (

    select priority
    from types
    group by priority
    having count(*) > 1

)

select
    segment_key,
    feature_name,
    'seg_ref__behaviour_rules: not one of the behaviour_features' as problem
from rules
where feature_name not in ('{{ behaviour_features() | join("', '") }}')

union all

select
    segment_key,
    cast(null as string) as feature_name,
    'seg_ref__behaviour_rules: a type has one priority, and no two types have the same' as problem
from types
where
    priority <> highest_priority
    or priority in (select repeated.priority from repeated)

union all

select
    max(segment_key) as segment_key,
    cast(null as string) as feature_name,
    'seg_ref__behaviour_rules: the last type, and no other, is without a condition' as problem
from types
having
    sum(case when condition_count = 0 then 1 else 0 end) <> 1
    or max(priority) is distinct from max(case when condition_count = 0 then priority end)
