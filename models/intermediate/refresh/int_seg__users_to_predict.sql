{#
    One row per user whose predictions a realtime run makes anew, or one row without a user: everybody. They are the users to
    measure, and everybody where a model was fitted or chosen anew. No prediction looks at price levels, so a mean price that
    moved changes none.
#}
{{ users_or_everybody('int_seg__users_to_measure', fingerprints_of_models(), ['other models']) }}
