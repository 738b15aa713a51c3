{# One row per campaign sent to a household, and per coupon redeemed: input `campaign_touches`. #}
select
    'sent ' || campaigns.campaign_id || ' to ' || campaigns.household_id as touch_id,
    campaigns.household_id as user_id,
    campaign_descriptions.start_date as touched_at,
    'impression' as touch_type,
    campaigns.campaign_id,
    null as coupon_id
from {{ source('raw', 'campaigns') }} as campaigns
inner join {{ source('raw', 'campaign_descriptions') }} as campaign_descriptions
    on campaigns.campaign_id = campaign_descriptions.campaign_id

union all

select
    concat_ws(
        ' ', 'redeemed', coupon_upc, 'of', campaign_id, 'by', household_id, cast(redemption_date as date)
    ) as touch_id,
    household_id as user_id,
    redemption_date as touched_at,
    'redeem' as touch_type,
    campaign_id,
    coupon_upc as coupon_id
from {{ source('raw', 'coupon_redemptions') }}
