{#
    The part of `int_seg__input_fingerprints` that takes long, as a table of its own: the events are read while dbt goes through
    the small inputs and the links between ids.
#}
{{ fingerprints_of_input('events') }}
