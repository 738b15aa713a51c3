with

groups as (

    select
        'segments' as table_name,
        user_count
    from {{ ref('seg__segments') }}

    union all

    {# Both those for whom a feature is known and those for whom it is not. #}
    select
        'known features' as table_name,
        user_count
    from {{ ref('seg__segment_features') }}
    where user_count > 0

    union all

    select
        'unknown features' as table_name,
        segments.user_count - features.user_count as user_count
    from {{ ref('seg__segment_features') }} as features
    inner join {{ ref('seg__segments') }} as segments
        on
            features.scheme = segments.scheme
            and features.segment_key = segments.segment_key
    where features.user_count < segments.user_count

    union all

    select
        'migrations' as table_name,
        user_count
    from {{ ref('seg__segment_migrations') }}
    where as_of_date = (select max(as_of_date) from {{ ref('seg__segments') }})

    union all

    select
        'calibration' as table_name,
        row_count as user_count
    from {{ ref('seg__calibration') }}

    union all

    select
        'lift' as table_name,
        row_count as user_count
    from {{ ref('seg__lift') }}

    union all

    select
        'recommendation metrics' as table_name,
        user_count
    from {{ ref('seg__recommendation_metrics') }}

)

select *
from groups
where user_count < {{ var('seg__minimum_group_size') }}
