{#-
    What every engine says in its own way, and what DuckDB alone has. A second engine adds
    its own implementation beside each `duckdb__` one; no model names an engine's function.
-#}

{#- 1 = Monday ... 7 = Sunday. -#}
{% macro iso_weekday(day) -%}
{{ adapter.dispatch('iso_weekday', 'budaya')(day) }}
{%- endmacro %}
{% macro duckdb__iso_weekday(day) -%}
isodow({{ day }})
{%- endmacro %}

{#- The first day of a day's month, as a date. -#}
{% macro month_of(day) -%}
{{ adapter.dispatch('month_of', 'budaya')(day) }}
{%- endmacro %}
{% macro duckdb__month_of(day) -%}
cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{#- A date some days later, or earlier, as a date. -#}
{% macro add_days(day, count) -%}
{{ adapter.dispatch('add_days', 'budaya')(day, count) }}
{%- endmacro %}
{% macro duckdb__add_days(day, count) -%}
({{ day }} + {{ count }})
{%- endmacro %}

{#- A date some months later, or earlier, as a date. -#}
{% macro add_months(day, count) -%}
{{ adapter.dispatch('add_months', 'budaya')(day, count) }}
{%- endmacro %}
{% macro duckdb__add_months(day, count) -%}
cast({{ day }} + interval ({{ count }}) month as date)
{%- endmacro %}

{#- The last day of a month, which is named by its first. -#}
{% macro last_day_of(month) -%}
{{ add_days(add_months(month, 1), -1) }}
{%- endmacro %}

{#- A moment some hours later, or earlier. -#}
{% macro add_hours(moment, count) -%}
{{ adapter.dispatch('add_hours', 'budaya')(moment, count) }}
{%- endmacro %}
{% macro duckdb__add_hours(moment, count) -%}
({{ moment }} + interval ({{ count }}) hour)
{%- endmacro %}

{#- The next moment that a timestamp can tell apart. -#}
{% macro just_after(moment) -%}
{{ adapter.dispatch('just_after', 'budaya')(moment) }}
{%- endmacro %}
{% macro duckdb__just_after(moment) -%}
({{ moment }} + interval 1 microsecond)
{%- endmacro %}

{#- The moment at which a clock shows `clock_time` on a day. -#}
{% macro at_time(day, clock_time) -%}
{{ adapter.dispatch('at_time', 'budaya')(day, clock_time) }}
{%- endmacro %}
{% macro duckdb__at_time(day, clock_time) -%}
({{ day }} + {{ clock_time }})
{%- endmacro %}

{#- The moment half-way between two moments. -#}
{% macro half_way(earlier, later) -%}
{{ adapter.dispatch('half_way', 'budaya')(earlier, later) }}
{%- endmacro %}
{% macro duckdb__half_way(earlier, later) -%}
({{ earlier }} + ({{ later }} - {{ earlier }}) / 2)
{%- endmacro %}

{#- Whole minutes from one moment to a later one; none if it is not later. -#}
{% macro minutes_after(earlier, later) -%}
{{ adapter.dispatch('minutes_after', 'budaya')(earlier, later) }}
{%- endmacro %}
{% macro duckdb__minutes_after(earlier, later) -%}
greatest(date_sub('minute', {{ earlier }}, {{ later }}), 0)
{%- endmacro %}

{#- One row per day from the first to the last, both included; a select item. -#}
{% macro each_day(first_day, last_day) -%}
{{ adapter.dispatch('each_day', 'budaya')(first_day, last_day) }}
{%- endmacro %}
{% macro duckdb__each_day(first_day, last_day) -%}
cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{#- One row per whole number from the first to the last, both included; a select item. -#}
{% macro each_number(first, last) -%}
{{ adapter.dispatch('each_number', 'budaya')(first, last) }}
{%- endmacro %}
{% macro duckdb__each_number(first, last) -%}
unnest(generate_series({{ first }}, {{ last }}))
{%- endmacro %}

{#-
    Lists of punches. A punch is (punched_at, delivery_id, row_number): its moment and the
    row that it came from. `collect_punches` is an aggregate and sorts by moment.
-#}
{% macro collect_punches(punched_at, delivery_id, row_number) -%}
{{ adapter.dispatch('collect_punches', 'budaya')(punched_at, delivery_id, row_number) }}
{%- endmacro %}
{% macro duckdb__collect_punches(punched_at, delivery_id, row_number) -%}
list_sort(list(struct_pack(
    punched_at := {{ punched_at }},
    delivery_id := {{ delivery_id }},
    row_number := {{ row_number }}
)))
{%- endmacro %}

{#-
    A sorted list without its repeats: a punch less than `minutes` after the one *kept* before it
    is the same punch. So 07:30, 07:33, 07:36 are two punches at five minutes. Most days have two,
    for which nothing has to be folded.
-#}
{% macro drop_repeats(punches, minutes) -%}
{{ adapter.dispatch('drop_repeats', 'budaya')(punches, minutes) }}
{%- endmacro %}
{% macro duckdb__drop_repeats(punches, minutes) -%}
case
    when len({{ punches }}) = 1 then {{ punches }}
    when len({{ punches }}) = 2
        then case
            when epoch_us({{ punches }}[2].punched_at) - epoch_us({{ punches }}[1].punched_at)
                < {{ minutes }} * 60000000
                then {{ punches }}[:1]
            else {{ punches }}
        end
    else list_reduce(
        list_transform({{ punches }}, lambda punch: [punch]),
        lambda kept, punch:
            case
                when epoch_us(punch[1].punched_at) - epoch_us(kept[-1].punched_at)
                    < {{ minutes }} * 60000000
                    then kept
                else list_concat(kept, punch)
            end
    )
end
{%- endmacro %}

{#- As drop_repeats, where one more punch was kept before the list began. -#}
{% macro drop_repeats_after(kept_before, punches, minutes) -%}
{{ adapter.dispatch('drop_repeats_after', 'budaya')(kept_before, punches, minutes) }}
{%- endmacro %}
{% macro duckdb__drop_repeats_after(kept_before, punches, minutes) -%}
({{ duckdb__drop_repeats('list_prepend(' ~ kept_before ~ ', ' ~ punches ~ ')', minutes) }})[2:]
{%- endmacro %}

{#- The first and the last punch of a list; a list's length; one row per punch (a select item). -#}
{% macro first_of(punches) -%}
{{ adapter.dispatch('first_of', 'budaya')(punches) }}
{%- endmacro %}
{% macro duckdb__first_of(punches) -%}
({{ punches }})[1]
{%- endmacro %}

{% macro last_of(punches) -%}
{{ adapter.dispatch('last_of', 'budaya')(punches) }}
{%- endmacro %}
{% macro duckdb__last_of(punches) -%}
({{ punches }})[-1]
{%- endmacro %}

{% macro count_of(punches) -%}
{{ adapter.dispatch('count_of', 'budaya')(punches) }}
{%- endmacro %}
{% macro duckdb__count_of(punches) -%}
len({{ punches }})
{%- endmacro %}

{% macro each_of(punches) -%}
{{ adapter.dispatch('each_of', 'budaya')(punches) }}
{%- endmacro %}
{% macro duckdb__each_of(punches) -%}
unnest({{ punches }})
{%- endmacro %}

{#- The value of the row with the greatest key; an aggregate. -#}
{% macro latest_by(value, key) -%}
{{ adapter.dispatch('latest_by', 'budaya')(value, key) }}
{%- endmacro %}
{% macro duckdb__latest_by(value, key) -%}
arg_max({{ value }}, {{ key }})
{%- endmacro %}

{#- All values of a column in an order, as a list; an aggregate. -#}
{% macro list_in_order(value, order_by) -%}
{{ adapter.dispatch('list_in_order', 'budaya')(value, order_by) }}
{%- endmacro %}
{% macro duckdb__list_in_order(value, order_by) -%}
list({{ value }} order by {{ order_by }})
{%- endmacro %}

{#-
    Sum, mean and sample variance of numbers with decimals; aggregates. They add the smallest number
    first: in whatever order threads and files hand the rows on, the same numbers give the same
    last digit.
-#}
{% macro steady_sum(value) -%}
{{ adapter.dispatch('steady_sum', 'budaya')(value) }}
{%- endmacro %}
{% macro duckdb__steady_sum(value) -%}
list_sum(list_sort(list({{ value }})))
{%- endmacro %}

{% macro steady_mean(value) -%}
{{ adapter.dispatch('steady_mean', 'budaya')(value) }}
{%- endmacro %}
{% macro duckdb__steady_mean(value) -%}
list_avg(list_sort(list({{ value }})))
{%- endmacro %}

{% macro steady_variance(value) -%}
{{ adapter.dispatch('steady_variance', 'budaya')(value) }}
{%- endmacro %}
{% macro duckdb__steady_variance(value) -%}
list_var_samp(list_sort(list({{ value }})))
{%- endmacro %}

{#- A list of one punch. -#}
{% macro one_punch(punched_at, delivery_id, row_number) -%}
{{ adapter.dispatch('one_punch', 'budaya')(punched_at, delivery_id, row_number) }}
{%- endmacro %}
{% macro duckdb__one_punch(punched_at, delivery_id, row_number) -%}
[struct_pack(
    punched_at := {{ punched_at }},
    delivery_id := {{ delivery_id }},
    row_number := {{ row_number }}
)]
{%- endmacro %}

{#-
    The digests of the files of a list of punches, and their row numbers file by file; files in
    the order of deliveries. `file_digests` lists the digest of every delivery's file at the place of
    its delivery_id. Nearly all lists are one or two punches of one delivery: said at once.
-#}
{% macro files_of(punches, file_digests) -%}
{{ adapter.dispatch('files_of', 'budaya')(punches, file_digests) }}
{%- endmacro %}
{% macro duckdb__files_of(punches, file_digests) -%}
case
    when {{ duckdb__is_plain(punches) }}
        then coalesce({{ file_digests }}[{{ punches }}[1].delivery_id], '')
    else array_to_string(
        list_transform(
            {{ duckdb__deliveries_of(punches) }}, lambda delivery: {{ file_digests }}[delivery]
        ),
        ';'
    )
end
{%- endmacro %}

{% macro row_numbers_of(punches) -%}
{{ adapter.dispatch('row_numbers_of', 'budaya')(punches) }}
{%- endmacro %}
{% macro duckdb__row_numbers_of(punches) -%}
case
    when {{ duckdb__is_plain(punches) }} and len({{ punches }}) = 1
        then cast({{ punches }}[1].row_number as varchar)
    when {{ duckdb__is_plain(punches) }}
        then {{ punches }}[1].row_number || ',' || {{ punches }}[2].row_number
    else array_to_string(
        list_transform(
            {{ duckdb__deliveries_of(punches) }},
            lambda delivery: array_to_string(
                list_transform(
                    list_filter({{ punches }}, lambda punch: punch.delivery_id = delivery),
                    lambda punch: punch.row_number
                ),
                ','
            )
        ),
        ';'
    )
end
{%- endmacro %}

{#- Whether a list is one or two punches of one delivery. -#}
{% macro duckdb__is_plain(punches) -%}
len({{ punches }}) in (1, 2) and {{ punches }}[1].delivery_id = {{ punches }}[-1].delivery_id
{%- endmacro %}

{% macro duckdb__deliveries_of(punches) -%}
list_sort(list_distinct(list_transform({{ punches }}, lambda punch: punch.delivery_id)))
{%- endmacro %}

{#- ---- Text, lists of numbers, the end of a month: survey, IP-ASN, official figures ---- -#}

{#-
    A name as it is compared: lower case, single spaces, no punctuation, `dns` written out as
    `dinas`.
-#}
{% macro fold_text(text) -%}
{{ adapter.dispatch('fold_text', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__fold_text(text) -%}
regexp_replace(
            trim(regexp_replace(lower({{ text }}), '[^a-z0-9]+', ' ', 'g')), '\bdns\b', 'dinas', 'g'
        )
{%- endmacro %}

{#-
    A word as it is compared: lower case, without blanks and punctuation, so that `Dinas Luar`,
    `dinas_luar` and `DINAS-LUAR` are one. The same as `ingest.values.bare`.
-#}
{% macro bare_word(text) -%}
{{ adapter.dispatch('bare_word', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__bare_word(text) -%}
regexp_replace(
            lower({{ text }}),
            '[\x00-\x20!"#%&''()*,\-./:;?@\[\\\]_{}\x7f-\xbf\x{1680}\x{2000}-\x{206f}\x{3000}-\x{3003}\x{feff}]+',
            '',
            'g'
        )
{%- endmacro %}

{#-
    A person's name as it is compared: lower case, single spaces, letters only, without the titles
    before it (with their dot) and those behind a comma.
-#}
{% macro fold_person(text) -%}
{{ adapter.dispatch('fold_person', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__fold_person(text) -%}
nullif(
            trim(
                regexp_replace(
                    regexp_replace(
                        split_part(lower({{ text }}), ',', 1),
                        '\b(prof|dr|drs|dra|drg|ir|apt|ns|h|hj|kh)[.]',
                        ' ',
                        'g'
                    ),
                    '[^a-z]+',
                    ' ',
                    'g'
                )
            ),
            ''
        )
{%- endmacro %}

{#- A cast that gives NULL where the value does not fit the type. -#}
{% macro cast_if_it_fits(value, type) -%}
{{ adapter.dispatch('cast_if_it_fits', 'budaya')(value, type) }}
{%- endmacro %}
{% macro duckdb__cast_if_it_fits(value, type) -%}
try_cast({{ value }} as {{ type }})
{%- endmacro %}

{#- The last number in a text, with decimal point or comma; NULL if there is none. -#}
{% macro last_number(text) -%}
{{ adapter.dispatch('last_number', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__last_number(text) -%}
try_cast(
            nullif(
                regexp_extract(replace({{ text }}, ',', '.'), '([0-9]+([.][0-9]+)?)[^0-9]*$', 1), ''
            ) as decimal(18, 6)
        )
{%- endmacro %}

{#- Numbers separated by `;`: their sum, in decimal arithmetic, and how many they are. -#}
{% macro sum_of_list(text) -%}
{{ adapter.dispatch('sum_of_list', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__sum_of_list(text) -%}
list_sum(cast(string_split({{ text }}, ';') as decimal(21, 12) []))
{%- endmacro %}

{% macro length_of_list(text) -%}
{{ adapter.dispatch('length_of_list', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__length_of_list(text) -%}
len(string_split({{ text }}, ';'))
{%- endmacro %}

{#- The last day of the month that begins on a day. -#}
{% macro month_end(month) -%}
{{ add_days(add_months(month, 1), -1) }}
{%- endmacro %}

{#- Texts in an order, joined by `;` (an aggregate), and one row per such text (a select item). -#}
{% macro joined_by_semicolon(text, order_by) -%}
{{ adapter.dispatch('joined_by_semicolon', 'budaya')(text, order_by) }}
{%- endmacro %}
{% macro duckdb__joined_by_semicolon(text, order_by) -%}
string_agg({{ text }}, ';' order by {{ order_by }})
{%- endmacro %}

{% macro each_between_semicolons(text) -%}
{{ adapter.dispatch('each_between_semicolons', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__each_between_semicolons(text) -%}
unnest(string_split({{ text }}, ';'))
{%- endmacro %}

{#- A whole row of a relation, by its alias, as a JSON object with its columns as names. -#}
{% macro row_as_json(relation) -%}
{{ adapter.dispatch('row_as_json', 'budaya')(relation) }}
{%- endmacro %}
{% macro duckdb__row_as_json(relation) -%}
cast(to_json({{ relation }}) as varchar)
{%- endmacro %}

{#-
    A condition: the row is of the governments that are built at this moment (`begin_part`), or all
    are. A model says so of what it reads most of.
-#}
{% macro in_this_part(government_code) -%}
{{ adapter.dispatch('in_this_part', 'budaya')(government_code) }}
{%- endmacro %}
{% macro duckdb__in_this_part(government_code) -%}
{{ government_code }} >= coalesce(getvariable('first_government'), '')
    and (
        getvariable('next_government') is null
        or {{ government_code }} < getvariable('next_government')
    )
{%- endmacro %}

{#-
    A statement: from now on the governments from the first code to before the next are built; to
    the last one where there is no next.
-#}
{% macro begin_part(first, next) -%}
{{ adapter.dispatch('begin_part', 'budaya')(first, next) }}
{%- endmacro %}
{% macro duckdb__begin_part(first, next) -%}
set variable first_government = {{ dbt.string_literal(dbt.escape_single_quotes(first)) }};
set variable next_government =
    {% if next is none %}cast(null as varchar)
    {%- else %}{{ dbt.string_literal(dbt.escape_single_quotes(next)) }}{% endif %};
{%- endmacro %}

{#- What a set of rows holds, whatever their order, as text; an aggregate. -#}
{% macro digest_of_rows(columns) -%}
{{ adapter.dispatch('digest_of_rows', 'budaya')(columns) }}
{%- endmacro %}
{% macro duckdb__digest_of_rows(columns) -%}
cast(sum(cast(hash({{ columns | join(', ') }}) as hugeint)) as varchar) || ':' || count(*)
{%- endmacro %}
