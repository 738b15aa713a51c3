{#
    One row per user whose sums as of dates and lists a realtime run makes anew, or one row without a user: everybody. They are
    the users to refresh, and everybody where as-of dates moved or others have features at them.
#}
{{ users_or_everybody('int_seg__users_to_refresh', fingerprints_of_dates(), ['other dates']) }}
