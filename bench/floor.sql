-- The least that a machine has to do: from the landed files to the five marts, in plain DuckDB.
-- `bench/floor.py` runs the part `once`, the part `government` for each government, and `marts`.
-- It knows what the plain worlds of `bench/worlds.py` need and no more: one set of rules, shifts of
-- one day, no roster, no apel, units that do not change. It keeps no history and proves nothing.

-- part: once
CREATE MACRO half_up(value) AS round(try_cast(value AS DECIMAL(18, 6)), 2);
CREATE MACRO rate(part, whole) AS CAST(part AS DOUBLE) / nullif(whole, 0);
CREATE TABLE attendance_rule AS
SELECT
    max(value) FILTER (rule_code = 'repeat_minutes') AS repeat_minutes,
    CAST(max(value) FILTER (rule_code = 'missing_side_minutes') AS BIGINT) AS missing_side_minutes,
    CAST(max(value) FILTER (rule_code = 'day_minutes') AS BIGINT) AS day_minutes,
    max(value) FILTER (rule_code = 'min_evidence') AS min_evidence,
    max(value) FILTER (rule_code = 'min_coverage') AS min_coverage
FROM read_csv('$rules/attendance_rules.csv', types = {'value': 'DOUBLE'});
CREATE TABLE calendar AS
WITH days AS (
    SELECT CAST(day AS DATE) AS day,
      CASE WHEN EXISTS (
        FROM read_csv('$rules/ramadan.csv', types = {'first_day': 'DATE', 'last_day': 'DATE'})
        WHERE CAST(day AS DATE) BETWEEN first_day AND last_day) THEN 'ramadan' ELSE 'ordinary' END
        AS period
    FROM generate_series(DATE '2024-01-01', DATE '2026-12-31', INTERVAL 1 DAY) AS t(day))
SELECT day, CAST(date_trunc('month', day) AS DATE) AS month,
    day + start_time AS starts_at, day + end_time AS ends_at,
    starts_at + (ends_at - starts_at) / 2 AS middle_at
FROM days
INNER JOIN read_csv('$rules/working_hours.csv',
    types = {'weekday': 'BIGINT', 'start_time': 'TIME', 'end_time': 'TIME'}) AS hours
    ON isodow(day) = hours.weekday AND days.period = hours.period
WHERE day NOT IN (SELECT "date" FROM read_csv('$rules/days_off.csv', types = {'date': 'DATE'}));
CREATE TABLE leave_type AS
SELECT leave_type, counts_as FROM read_csv('$rules/leave_types.csv', all_varchar = true);
CREATE TABLE band AS
SELECT band_code, CAST(days_from AS BIGINT) AS days_from, CAST(days_to AS BIGINT) AS days_to
FROM read_csv('$rules/absence_bands.csv', all_varchar = true);
CREATE TABLE index_band AS
SELECT index_code, category, CAST(lower_bound AS DECIMAL(18, 6)) AS lower_bound,
    coalesce(lead(CAST(lower_bound AS DECIMAL(18, 6))) OVER (
      PARTITION BY index_code ORDER BY CAST(lower_bound AS DOUBLE)), 1000000) AS next_lower_bound,
    CAST(regexp_extract(printed, '([0-9.]+)$', 1) AS DECIMAL(18, 6)) AS printed_upper_bound
FROM read_csv('$rules/index_bands.csv', all_varchar = true);
CREATE TABLE unit AS
SELECT split_part(filename, '/', -3) AS code, unit_code,
    coalesce(parent_unit_code, unit_code) AS opd
FROM read_csv('$landing/*/units/*.csv', all_varchar = true, filename = true);
CREATE TABLE spell AS
SELECT unit.code, nip, unit_code AS unit, opd, employee_type, valid_from,
    coalesce(valid_to, DATE '9999-12-31') AS valid_to
FROM (
    SELECT split_part(filename, '/', -3) AS code, *
    FROM read_csv('$landing/*/employees/*.csv', filename = true,
      types = {'nip': 'VARCHAR', 'valid_from': 'DATE', 'valid_to': 'DATE'}))
INNER JOIN unit USING (code, unit_code);
CREATE TABLE device AS
SELECT split_part(filename, '/', -3) AS code, pin, nip
FROM read_csv('$landing/*/devices/*.csv', all_varchar = true, filename = true);
CREATE TABLE leave_day AS
SELECT code, nip, day, min(counts_as) FILTER (counts_as <> 'unexcused') AS counts_as
FROM (
    SELECT split_part(filename, '/', -3) AS code, nip, leave_type, CAST(unnest(generate_series(
      date_from, date_to, INTERVAL 1 DAY)) AS DATE) AS day
    FROM read_csv('$landing/*/leave/*.csv', filename = true,
      types = {'nip': 'VARCHAR', 'date_from': 'DATE', 'date_to': 'DATE'}))
INNER JOIN leave_type USING (leave_type)
GROUP BY ALL;
CREATE TABLE employee_month (
    code VARCHAR, nip VARCHAR, opd VARCHAR, month DATE, present_days BIGINT, excused_days BIGINT,
    unexcused_days BIGINT, unrecorded_days BIGINT, late_minutes BIGINT, early_minutes BIGINT,
    imputed_minutes BIGINT);
CREATE TABLE absence_run (code VARCHAR, nip VARCHAR, month DATE, run_days BIGINT);

-- part: government
CREATE OR REPLACE TEMP TABLE punch_day AS
WITH punches AS (
    SELECT trim(pin) AS pin, CAST(punched_at AS DATE) AS day, list_sort(list(punched_at)) AS punches
    FROM read_csv('$landing/$code/attendance/**/*.dat', auto_detect = false, header = false,
      delim = '\t', quote = '', escape = '', columns = {'pin': 'VARCHAR', 'punched_at': 'TIMESTAMP',
      'device_id': 'VARCHAR', 'status': 'VARCHAR', 'verify': 'VARCHAR', 'work_code': 'VARCHAR'})
    GROUP BY ALL),
kept AS (
    SELECT nip, day, CASE
      WHEN punches[1] = punches[-1] THEN punches[:1]
      WHEN len(punches) = 2
        AND epoch_us(punches[2]) - epoch_us(punches[1]) >= repeat_minutes * 60000000 THEN punches
      ELSE list_reduce(
      list_transform(punches, lambda punch: [punch]),
      lambda kept, punch: CASE
        WHEN epoch_us(punch[1]) - epoch_us(kept[-1]) < repeat_minutes * 60000000 THEN kept
        ELSE list_concat(kept, punch) END) END AS punches
    FROM punches
    INNER JOIN device ON device.code = '$code' AND device.pin = punches.pin
    CROSS JOIN attendance_rule)
SELECT nip, day, punches[1] AS first_punch, punches[-1] AS last_punch FROM kept;
CREATE OR REPLACE TEMP TABLE scheduled_day AS
SELECT nip, unit, opd, day, calendar.month, starts_at, middle_at, ends_at, first_punch, last_punch,
    counts_as
FROM spell
INNER JOIN calendar ON day BETWEEN valid_from AND valid_to
INNER JOIN (
    SELECT date_trunc('month', min(day)) AS first_day, last_day(max(day)) AS last_day FROM punch_day
) AS measured ON day BETWEEN measured.first_day AND measured.last_day
LEFT JOIN punch_day USING (nip, day)
LEFT JOIN (FROM leave_day WHERE code = '$code') AS leave_day USING (nip, day)
WHERE spell.code = '$code';
CREATE OR REPLACE TEMP TABLE employee_day AS
WITH unit_day AS (
    SELECT unit, day, rate(count(first_punch), count(*)) AS share,
      coalesce(bool_or(last_punch >= middle_at), false) AS is_half_over,
      max(CASE WHEN count(first_punch) > 0 THEN day END) OVER (PARTITION BY unit) AS newest_day
    FROM scheduled_day WHERE counts_as IS DISTINCT FROM 'excused' GROUP BY unit, day),
judged AS (
    SELECT scheduled_day.*, missing_side_minutes, day_minutes, CASE
      WHEN first_punch IS NULL AND counts_as IS NULL
        AND NOT coalesce(share >= min_evidence AND (is_half_over OR day <> newest_day), false)
        THEN 'unrecorded'
      WHEN counts_as IS NOT NULL THEN counts_as
      WHEN first_punch IS NULL THEN 'unexcused' ELSE 'present' END AS day_status,
      first_punch = last_punch AND first_punch < middle_at AS is_out_missing,
      first_punch = last_punch AND first_punch >= middle_at AS is_in_missing
    FROM scheduled_day LEFT JOIN unit_day USING (unit, day) CROSS JOIN attendance_rule),
timed AS (
    SELECT *, first_punch IS NOT NULL AND counts_as IS NULL AS is_measured,
      least(CASE WHEN is_in_missing THEN missing_side_minutes
        ELSE greatest(date_sub('minute', starts_at, first_punch), 0) END, day_minutes) AS late,
      CASE WHEN is_out_missing THEN missing_side_minutes
        ELSE greatest(date_sub('minute', last_punch, ends_at), 0) END AS full_early
    FROM judged)
SELECT nip, opd, day, month, day_status, CASE WHEN is_measured THEN late ELSE 0 END AS late,
    CASE WHEN is_measured THEN least(full_early, day_minutes - late) ELSE 0 END AS early,
    CASE WHEN NOT is_measured THEN 0 WHEN is_in_missing THEN late
      WHEN is_out_missing THEN least(full_early, day_minutes - late) ELSE 0 END AS imputed
FROM timed;
INSERT INTO employee_month
SELECT '$code', nip, opd, month, count(*) FILTER (day_status = 'present'),
    count(*) FILTER (day_status = 'excused'), count(*) FILTER (day_status = 'unexcused'),
    count(*) FILTER (day_status = 'unrecorded'), sum(late), sum(early), sum(imputed)
FROM employee_day GROUP BY nip, opd, month;
INSERT INTO absence_run
WITH numbered AS (
    SELECT nip, day, month, day_status, count(*) FILTER (day_status <> 'unexcused') OVER (
      PARTITION BY nip ORDER BY day) AS breaks_before
    FROM employee_day SEMI JOIN (FROM employee_day WHERE day_status = 'unexcused') USING (nip)),
runs AS (
    SELECT nip, month, row_number() OVER (PARTITION BY nip, breaks_before ORDER BY day) AS run_days
    FROM numbered WHERE day_status = 'unexcused')
SELECT '$code', nip, month, max(run_days) FROM runs GROUP BY nip, month;

-- part: marts
CREATE TABLE mart_discipline AS
WITH sums AS (
    SELECT code, level, unit_code, month, count(DISTINCT nip) AS employees,
      CAST(sum(present_days) AS BIGINT) AS present_days,
      CAST(sum(excused_days) AS BIGINT) AS excused_days,
      CAST(sum(unexcused_days) AS BIGINT) AS unexcused_days,
      CAST(sum(unrecorded_days) AS BIGINT) AS unrecorded_days,
      CAST(sum(late_minutes) AS BIGINT) AS late_minutes,
      CAST(sum(early_minutes) AS BIGINT) AS early_minutes
    FROM (SELECT *, 'opd' AS level, opd AS unit_code FROM employee_month
      UNION ALL SELECT *, 'government', code FROM employee_month)
    GROUP BY ALL),
rated AS (
    SELECT *, present_days + excused_days + unexcused_days AS scheduled_days,
      rate(scheduled_days, scheduled_days + unrecorded_days) AS coverage,
      unexcused_days + rate(late_minutes + early_minutes, day_minutes) AS absence_day_equivalents,
      greatest(1 - rate(absence_day_equivalents, scheduled_days - excused_days), 0) AS presence_rate
    FROM sums CROSS JOIN attendance_rule)
SELECT code AS government_code, level AS unit_level, unit_code, month, employees, scheduled_days,
    unrecorded_days, coverage, present_days, excused_days, unexcused_days, late_minutes,
    early_minutes AS early_leave_minutes, absence_day_equivalents, 0 AS apel_required,
    0 AS apel_attended, presence_rate, CAST(NULL AS DOUBLE) AS apel_rate,
    CASE WHEN coverage >= min_coverage THEN 100 * presence_rate END AS discipline_score,
    false AS suppressed
FROM rated;
CREATE TABLE mart_absence_band AS
WITH months AS (SELECT DISTINCT government_code AS code, month FROM mart_discipline),
counted AS (
    SELECT code, nip, month, sum(unexcused_days) AS days,
      sum(late_minutes + early_minutes - imputed_minutes) AS minutes, 0 AS run_days
    FROM employee_month GROUP BY ALL
    UNION ALL SELECT code, nip, month, 0, 0, run_days FROM absence_run),
banded AS (
    SELECT months.code, months.month, spell.nip, max(day_minutes) AS day_minutes,
      coalesce(max(run_days), 0) AS longest_run,
      coalesce(sum(days) + CAST(floor(rate(sum(minutes), any_value(day_minutes))) AS BIGINT), 0)
        AS pp94_days
    FROM months
    INNER JOIN spell ON spell.code = months.code AND employee_type IN ('PNS', 'CPNS')
      AND last_day(months.month) BETWEEN valid_from AND valid_to
    CROSS JOIN attendance_rule
    LEFT JOIN counted ON counted.code = spell.code AND counted.nip = spell.nip
      AND year(counted.month) = year(months.month) AND counted.month <= months.month
    GROUP BY months.code, months.month, spell.nip),
counts AS (
    SELECT code, month, CASE WHEN longest_run >= 10 THEN 'ten_in_row' ELSE band_code END
      AS band_code, count(*) AS employees
    FROM banded INNER JOIN band ON pp94_days BETWEEN days_from AND coalesce(days_to, pp94_days)
    GROUP BY ALL)
SELECT months.code AS government_code, months.month, band.band_code,
    coalesce(employees, 0) AS employees, false AS suppressed
FROM months CROSS JOIN band LEFT JOIN counts USING (code, month, band_code);
CREATE TABLE mart_survey AS
WITH answers AS (
    SELECT split_part(filename, '/', -4) AS code, split_part(filename, '/', -2) AS wave, opd,
      CAST(submitted_at AS DATE) AS day, respondent_id AS submission, unnest([
        {'value_code': 'BP', 'value_order': 1, 'score': 25 * (BP1 + BP2 + BP3 - 3) / 3},
        {'value_code': 'AK', 'value_order': 2, 'score': 25 * (AK1 + AK2 + AK3 - 3) / 3},
        {'value_code': 'KO', 'value_order': 3, 'score': 25 * (KO1 + KO2 + KO3 - 3) / 3},
        {'value_code': 'HA', 'value_order': 4, 'score': 25 * (HA1 + HA2 + HA3 - 3) / 3},
        {'value_code': 'LO', 'value_order': 5, 'score': 25 * (LO1 + LO2 + LO3 - 3) / 3},
        {'value_code': 'AD', 'value_order': 6, 'score': 25 * (AD1 + AD2 + AD3 - 3) / 3},
        {'value_code': 'KL', 'value_order': 7, 'score': 25 * (KL1 + KL2 + KL3 - 3) / 3}
      ], recursive := true)
    FROM read_csv('$landing/*/survey/*/*.csv', filename = true) AS answer
    INNER JOIN unit ON unit.code = split_part(filename, '/', -4)
      AND unit.unit_code = answer.unit_code),
placed AS (
    SELECT *, 'opd' AS level, opd AS unit_code FROM answers
    UNION ALL SELECT *, 'government', code FROM answers),
ends AS (SELECT code, wave, max(day) AS wave_end_date FROM answers GROUP BY ALL),
eligible AS (
    SELECT ends.code, wave, opd, wave_end_date, count(*) AS eligible
    FROM ends INNER JOIN spell ON spell.code = ends.code
      AND wave_end_date BETWEEN valid_from AND valid_to
    GROUP BY ALL),
-- An OPD enters the government's figures by its number of eligible people.
strata AS (
    SELECT code, wave, opd, value_code, value_order, count(*) AS respondents, avg(score) AS score,
      var_samp(score) AS variance
    FROM answers GROUP BY ALL),
own AS (
    SELECT code, wave, opd, count(*) AS respondents, var_samp(score) AS variance
    FROM (SELECT code, wave, opd, submission, avg(score) AS score FROM answers GROUP BY ALL)
    GROUP BY ALL),
units AS (
    SELECT code, wave, wave_end_date, 'opd' AS level, opd AS unit_code, opd, eligible FROM eligible
    UNION ALL
    SELECT code, wave, wave_end_date, 'government', code, opd, eligible FROM eligible),
scores AS (
    SELECT code, wave, level, unit_code, value_code, value_order,
      sum(eligible * score) / sum(eligible) AS score
    FROM units INNER JOIN strata USING (code, wave, opd) GROUP BY ALL),
means AS (
    SELECT code, wave, level, unit_code, avg(score) AS survey_score,
      arg_min(value_code, (round(score, 9), value_order)) AS weakest_value_code
    FROM scores GROUP BY ALL),
margins AS (
    SELECT code, wave, wave_end_date, level, unit_code, sum(respondents) AS respondents,
      sum(eligible) AS eligible, 1.96 * sqrt(sum(eligible ^ 2 * variance / respondents
        * greatest(0, 1 - respondents / eligible))) / sum(eligible) AS margin_of_error
    FROM units INNER JOIN own USING (code, wave, opd) GROUP BY ALL)
SELECT code AS government_code, level AS unit_level, unit_code, wave, wave_end_date,
    CAST(respondents AS BIGINT) AS respondents, CAST(eligible AS BIGINT) AS eligible,
    rate(respondents, eligible) AS response_rate, survey_score, margin_of_error,
    weakest_value_code, false AS suppressed
FROM margins INNER JOIN means USING (code, wave, level, unit_code);
CREATE TABLE mart_ip_asn AS
WITH given AS (
    SELECT split_part(filename, '/', -4) AS code,
      CAST(split_part(filename, '/', -2) AS INTEGER) AS year, *
    FROM read_csv('$landing/*/ip_asn/*/*.csv', filename = true, types = {'nip': 'VARCHAR'})),
measured AS (
    SELECT spell.code, years.year, opd, given.* EXCLUDE (code, year)
    FROM (SELECT DISTINCT code, year FROM given) AS years
    INNER JOIN spell ON spell.code = years.code AND employee_type IN ('PNS', 'PPPK')
      AND make_date(years.year, 12, 31) BETWEEN valid_from AND valid_to
    LEFT JOIN given ON given.code = spell.code AND given.year = years.year AND given.nip = spell.nip
),
means AS (
    SELECT code, level, unit_code, year, count(*) AS employees, count(nip) AS scored,
      avg(kualifikasi) AS kualifikasi, avg(kompetensi) AS kompetensi, avg(kinerja) AS kinerja,
      avg(disiplin) AS disiplin,
      avg(kualifikasi + kompetensi + kinerja + disiplin) AS ip_asn_score
    FROM (SELECT *, 'opd' AS level, opd AS unit_code FROM measured
      UNION ALL SELECT *, 'government', code FROM measured)
    GROUP BY ALL)
SELECT code AS government_code, level AS unit_level, unit_code, year, employees, scored,
    rate(scored, employees) AS coverage, kualifikasi, kompetensi, kinerja, disiplin, ip_asn_score,
    category, half_up(ip_asn_score) > printed_upper_bound AS in_band_gap, 'given' AS rule_version,
    false AS suppressed
FROM means LEFT JOIN index_band ON index_code = 'ip_asn'
    AND half_up(ip_asn_score) >= lower_bound AND half_up(ip_asn_score) < next_lower_bound;
CREATE TABLE mart_culture_score AS
WITH weight AS (
    SELECT max(weight) FILTER (component = 'survey') AS survey,
      max(weight) FILTER (component = 'discipline') AS discipline,
      max(weight) FILTER (component = 'ip_asn') AS ip_asn,
      max(max_age) FILTER (component = 'survey') AS survey_days,
      max(max_age) FILTER (component = 'ip_asn') AS ip_asn_years
    FROM read_csv('$rules/score_weights.csv', types = {'weight': 'DOUBLE', 'max_age': 'INTEGER'})),
parts AS (
    SELECT d.government_code, d.unit_level, d.unit_code, d.month, survey_score,
      wave AS survey_wave, discipline_score, ip_asn_score, i.year AS ip_asn_year, weight.*
    FROM mart_discipline AS d CROSS JOIN weight
    LEFT JOIN mart_survey AS s
      ON s.government_code = d.government_code AND s.unit_level = d.unit_level
      AND s.unit_code = d.unit_code AND wave_end_date <= last_day(d.month)
      AND wave_end_date + survey_days >= last_day(d.month)
    LEFT JOIN mart_ip_asn AS i
      ON i.government_code = d.government_code AND i.unit_level = d.unit_level
      AND i.unit_code = d.unit_code AND make_date(i.year, 12, 31) <= last_day(d.month)
      AND year(d.month) - i.year <= ip_asn_years),
factors AS (
    SELECT s.f AS fs, d.f AS fd, i.f AS fi FROM (VALUES (0.8), (1.0), (1.2)) AS s(f)
    CROSS JOIN (VALUES (0.8), (1.0), (1.2)) AS d(f)
    CROSS JOIN (VALUES (0.8), (1.0), (1.2)) AS i(f)),
ranked AS (
    SELECT government_code, unit_code, month, fs = 1 AND fd = 1 AND fi = 1 AS is_own,
      round((fs * survey * survey_score + fd * discipline * discipline_score
        + fi * ip_asn * ip_asn_score) / (fs * survey + fd * discipline + fi * ip_asn), 9) AS score,
      rank() OVER (PARTITION BY government_code, month, fs, fd, fi ORDER BY score DESC) AS rank
    FROM parts CROSS JOIN factors
    WHERE unit_level = 'opd'
      AND survey_score + discipline_score + ip_asn_score IS NOT NULL),
ranges AS (
    SELECT government_code, unit_code, month, 'opd' AS unit_level,
      max(rank) FILTER (is_own) AS rank, min(rank) AS rank_best, max(rank) AS rank_worst
    FROM ranked GROUP BY ALL),
target AS (
    SELECT year, value FROM read_csv('$rules/targets.csv', types = {'value': 'DOUBLE'})
    WHERE measure = 'culture_score'),
scored AS (
    SELECT *, survey * survey_score + discipline * discipline_score + ip_asn * ip_asn_score
      AS culture_score,
      concat_ws('+', CASE WHEN survey_score IS NULL THEN 'survey' END,
        CASE WHEN discipline_score IS NULL THEN 'discipline' END,
        CASE WHEN ip_asn_score IS NULL THEN 'ip_asn' END) AS missing
    FROM parts)
SELECT government_code, unit_level, unit_code, month, survey_score, survey_wave, discipline_score,
    ip_asn_score, ip_asn_year, culture_score, category,
    CASE WHEN missing = '' THEN 'complete' ELSE 'missing_' || missing END AS status,
    target.value AS target_score, culture_score - target.value AS gap_to_target, rank, rank_best,
    rank_worst, false AS suppressed
FROM scored
LEFT JOIN target ON target.year = year(month)
LEFT JOIN ranges USING (government_code, unit_level, unit_code, month)
LEFT JOIN index_band ON index_code = 'culture'
    AND half_up(culture_score) >= lower_bound AND half_up(culture_score) < next_lower_bound;
