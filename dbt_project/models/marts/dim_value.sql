-- The seven core values of BerAKHLAK, in the order of SE MenPANRB 20/2021. Grain: value_code.
with final (value_code, value_order, name_id, name_en) as (
    values
    ('BP', 1, 'Berorientasi Pelayanan', 'Service-oriented'),
    ('AK', 2, 'Akuntabel', 'Accountable'),
    ('KO', 3, 'Kompeten', 'Competent'),
    ('HA', 4, 'Harmonis', 'Harmonious'),
    ('LO', 5, 'Loyal', 'Loyal'),
    ('AD', 6, 'Adaptif', 'Adaptive'),
    ('KL', 7, 'Kolaboratif', 'Collaborative')
)

select * from final
