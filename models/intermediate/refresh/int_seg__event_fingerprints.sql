{#
    The part of `int_seg__input_fingerprints` that takes long, as a table of its own: the events are read while dbt goes through
    the small inputs and the links between ids. A second less of a realtime run with 5 million events.
#}
{{ fingerprints_of_input('events') }}
