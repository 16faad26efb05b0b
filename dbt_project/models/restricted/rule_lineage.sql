-- The rule rows in force, by file and row, for `budaya trace`.
-- Grain: government_code, rule, origin, file_row, valid_from, valid_to.
-- A row for all governments is here once for each; one that another cuts in two, twice.
{% set rules = [
    'governments', 'working_hours', 'ramadan', 'days_off', 'leave_types', 'event_types',
    'attendance_rules', 'evidence', 'absence_bands', 'ip_asn_rules', 'index_bands',
    'score_weights', 'targets', 'survey_waves', 'likert_labels', 'disclosure', 'withdrawals',
    'waivers'
] %}
with final as (
    {%- for rule in rules %}
        select distinct
            government_code,
            '{{ rule }}' as rule,
            origin,
            file_row,
            valid_from,
            valid_to,
            source,
            trust,
            {{ row_as_json('rule_' ~ rule) }} as row_values
        from {{ source('raw', 'rule_' ~ rule) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
)

select * from final
