{#
    What the predictions look at: the one list, in the order of the columns. Each feature is a SQL expression over
    `seg__user_features` joined with the user's orders in the window before (previous_order_count,
    previous_net_revenue), in the same season a year before (year_ago_order_count), what BG/NBD and Gamma-Gamma expect
    of the coming window (`int_seg__lifetime_expectations`), and window_days.

    words      what reasons call it, where its name says too little
    transform  log = signed log, sign(x) * ln(1 + |x|); none = as it is
    fill       the value of a user for whom the expression is null
    known_of   condition, on the features filled, of users whom it is known of; of others a reason says that it is unknown.
               Somebody never seen counts as seen once, long ago: without a sign-up date no training row is like that.
               So does an unknown sign-up, half a day off, so that it is told from a known one.
    winsorize  whether values outside the training quantiles count as the quantile. The plain amounts are left
               alone: what a user buys next grows with what they bought before, for the largest users too.

    A user's total in 365 days means something else for a shop with 100 days of history. The plain amounts are
    therefore rates, in units of one window.
#}
{% macro prediction_features() %}
    {% set has_been_seen = 'not (days_since_first_seen = 730 and days_since_last_seen = 730)' %}
    {% set days_known = 'greatest(window_days, least(365, coalesce(days_since_first_seen, 0)))' %}
    {{ return([
        {'name': 'is_buyer', 'words': 'has ever ordered (1 = yes)', 'expression': 'case when order_count > 0 then 1 else 0 end', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'is_repeat_buyer', 'words': 'has ordered more than once (1 = yes)', 'expression': 'case when order_count > 1 then 1 else 0 end', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'days_since_sign_up', 'words': 'days since sign-up', 'expression': 'days_since_sign_up', 'transform': 'log', 'fill': 730.5, 'winsorize': true, 'known_of': 'days_since_sign_up <> 730.5'},
        {'name': 'days_since_first_seen', 'expression': 'days_since_first_seen', 'transform': 'log', 'fill': 730, 'winsorize': true, 'known_of': has_been_seen},
        {'name': 'days_since_last_seen', 'expression': 'days_since_last_seen', 'transform': 'log', 'fill': 730, 'winsorize': true, 'known_of': has_been_seen},
        {'name': 'days_since_last_order', 'expression': 'days_since_last_order', 'transform': 'log', 'fill': 730, 'winsorize': true, 'known_of': 'is_buyer = 1'},
        {'name': 'days_since_first_order', 'expression': 'days_since_first_order', 'transform': 'log', 'fill': 0, 'winsorize': true, 'known_of': 'is_buyer = 1'},
        {'name': 'recency_to_rhythm', 'words': 'days since last order / mean days between orders', 'expression': 'recency_to_rhythm', 'transform': 'log', 'fill': 1, 'winsorize': true, 'known_of': 'is_repeat_buyer = 1'},
        {'name': 'mean_days_between_orders', 'expression': 'mean_days_between_orders', 'transform': 'log', 'fill': 365, 'winsorize': true, 'known_of': 'is_repeat_buyer = 1'},
        {'name': 'sd_days_between_orders', 'expression': 'sd_days_between_orders', 'transform': 'log', 'fill': 0, 'winsorize': true, 'known_of': 'is_repeat_buyer = 1'},
        {'name': 'days_between_last_two_orders', 'expression': 'days_between_last_two_orders', 'transform': 'log', 'fill': 365, 'winsorize': true, 'known_of': 'is_repeat_buyer = 1'},
        {'name': 'order_count', 'expression': 'order_count', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'order_count_30d', 'expression': 'order_count_30d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'order_count_90d', 'expression': 'order_count_90d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'order_count_365d', 'expression': 'order_count_365d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'net_revenue_90d', 'expression': 'net_revenue_90d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'net_revenue_365d', 'expression': 'net_revenue_365d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'orders_per_window', 'words': 'usual orders in as long a time', 'expression': 'order_count_365d * window_days / ' ~ days_known, 'transform': 'none', 'fill': 0, 'winsorize': false},
        {'name': 'net_revenue_per_window', 'words': 'usual net revenue in as long a time', 'expression': 'net_revenue_365d * window_days / ' ~ days_known, 'transform': 'none', 'fill': 0, 'winsorize': false},
        {'name': 'previous_order_count', 'words': 'orders in as long a time before', 'expression': 'previous_order_count', 'transform': 'none', 'fill': 0, 'winsorize': false},
        {'name': 'previous_net_revenue', 'words': 'net revenue in as long a time before', 'expression': 'previous_net_revenue', 'transform': 'none', 'fill': 0, 'winsorize': false},
        {'name': 'year_ago_order_count', 'words': 'orders in this time a year ago', 'expression': 'year_ago_order_count', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'alive_probability', 'words': 'chance of still being a customer', 'expression': 'alive_probability', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'order_probability', 'words': 'chance of an order, by rhythm alone,', 'expression': 'order_probability', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'expected_order_count', 'words': 'orders to expect, by rhythm alone,', 'expression': 'expected_order_count', 'transform': 'none', 'fill': 0, 'winsorize': false},
        {'name': 'expected_order_value', 'words': 'value to expect of an order', 'expression': 'expected_order_value', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'expected_revenue', 'words': 'revenue to expect, by rhythm and order value alone,', 'expression': 'expected_revenue', 'transform': 'none', 'fill': 0, 'winsorize': false},
        {'name': 'average_order_value', 'expression': 'average_order_value', 'transform': 'log', 'fill': 0, 'winsorize': true, 'known_of': 'is_buyer = 1'},
        {'name': 'units_per_order', 'expression': 'units_per_order', 'transform': 'log', 'fill': 0, 'winsorize': true, 'known_of': 'is_buyer = 1'},
        {'name': 'category_count', 'expression': 'category_count', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'discount_share', 'expression': 'discount_share', 'transform': 'none', 'fill': 0, 'winsorize': true, 'known_of': 'is_buyer = 1'},
        {'name': 'coupon_order_share', 'expression': 'coupon_order_share', 'transform': 'none', 'fill': 0, 'winsorize': true, 'known_of': 'is_buyer = 1'},
        {'name': 'return_share', 'expression': 'return_share', 'transform': 'none', 'fill': 0, 'winsorize': true, 'known_of': 'is_buyer = 1'},
        {'name': 'cancellation_share', 'expression': 'cancellation_share', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'active_day_count_30d', 'expression': 'active_day_count_30d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'active_day_count_90d', 'expression': 'active_day_count_90d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'view_count_30d', 'expression': 'view_count_30d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'search_count_90d', 'expression': 'search_count_90d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'cart_add_count_30d', 'expression': 'cart_add_count_30d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'wishlist_count_90d', 'expression': 'wishlist_count_90d', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'conversion_rate', 'expression': 'conversion_rate', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'cart_abandonment_rate', 'expression': 'cart_abandonment_rate', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'touch_response_rate', 'expression': 'touch_response_rate', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'review_count', 'expression': 'review_count', 'transform': 'log', 'fill': 0, 'winsorize': true},
        {'name': 'event_trend', 'expression': 'event_trend', 'transform': 'none', 'fill': 0, 'winsorize': true},
        {'name': 'revenue_trend', 'expression': 'revenue_trend', 'transform': 'none', 'fill': 0, 'winsorize': true},
    ]) }}
{% endmacro %}
