{#
    One row per user whose features and segments a realtime run makes anew, or one row without a user: everybody. They are the
    users to measure, and everybody where a mean price moved that price levels compare with, or a fit was made anew.
#}
{{ users_or_everybody('int_seg__users_to_measure', fingerprints_of_scoring(), ['other prices', 'other fits']) }}
