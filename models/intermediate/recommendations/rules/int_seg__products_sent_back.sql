{# One row per date that lists are made of, user and product of which everything had come back: it makes no product popular. #}
with

as_of_dates as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split in ('scoring', 'test', 'validation')

)

{{ products_sent_back('as_of_dates') }}
