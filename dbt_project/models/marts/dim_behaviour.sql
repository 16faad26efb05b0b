-- The three behaviour guides (panduan perilaku) of each value, in the wording of SE MenPANRB
-- 20/2021 with our translation. Grain: behaviour_code.
with guides (value_code, behaviour_order, text_id, text_en) as (
    values
    (
        'BP', 1,
        'Memahami dan memenuhi kebutuhan masyarakat',
        'Understands and meets the needs of the public'
    ),
    (
        'BP', 2,
        'Ramah, cekatan, solutif, dan dapat diandalkan',
        'Friendly, quick, helpful and dependable'
    ),
    (
        'BP', 3,
        'Melakukan perbaikan tiada henti',
        'Improves without end'
    ),
    (
        'AK', 1,
        'Melaksanakan tugas dengan jujur, bertanggung jawab, cermat, disiplin '
        || 'dan berintegritas tinggi',
        'Does the duty honestly, responsibly, carefully, with discipline and high integrity'
    ),
    (
        'AK', 2,
        'Menggunakan kekayaan dan barang milik negara secara bertanggung jawab, efektif, '
        || 'dan efisien',
        'Uses the state''s property responsibly, effectively and efficiently'
    ),
    (
        'AK', 3,
        'Tidak menyalahgunakan kewenangan jabatan',
        'Does not abuse the authority of the post'
    ),
    (
        'KO', 1,
        'Meningkatkan kompetensi diri untuk menjawab tantangan yang selalu berubah',
        'Builds own competence to meet changing challenges'
    ),
    (
        'KO', 2,
        'Membantu orang lain belajar',
        'Helps others to learn'
    ),
    (
        'KO', 3,
        'Melaksanakan tugas dengan kualitas terbaik',
        'Does the duty with the best quality'
    ),
    (
        'HA', 1,
        'Menghargai setiap orang apa pun latar belakangnya',
        'Respects everybody whatever their background'
    ),
    (
        'HA', 2,
        'Suka menolong orang lain',
        'Likes to help others'
    ),
    (
        'HA', 3,
        'Membangun lingkungan kerja yang kondusif',
        'Builds a good working environment'
    ),
    (
        'LO', 1,
        'Memegang teguh ideologi Pancasila, UUD NRI Tahun 1945, setia kepada NKRI '
        || 'serta pemerintahan yang sah',
        'Holds to Pancasila and the 1945 Constitution, loyal to the republic '
        || 'and its lawful government'
    ),
    (
        'LO', 2,
        'Menjaga nama baik sesama ASN, pimpinan, instansi, dan negara',
        'Guards the good name of colleagues, leaders, agency and state'
    ),
    (
        'LO', 3,
        'Menjaga rahasia jabatan dan negara',
        'Keeps the secrets of office and state'
    ),
    (
        'AD', 1,
        'Cepat menyesuaikan diri menghadapi perubahan',
        'Adapts quickly to change'
    ),
    (
        'AD', 2,
        'Terus berinovasi dan mengembangkan kreativitas',
        'Keeps innovating and developing creativity'
    ),
    (
        'AD', 3,
        'Bertindak proaktif',
        'Acts proactively'
    ),
    (
        'KL', 1,
        'Memberi kesempatan kepada berbagai pihak untuk berkontribusi',
        'Gives many parties the chance to contribute'
    ),
    (
        'KL', 2,
        'Terbuka dalam bekerja sama untuk menghasilkan nilai tambah',
        'Open to cooperation that adds value'
    ),
    (
        'KL', 3,
        'Menggerakkan pemanfaatan berbagai sumber daya untuk tujuan bersama',
        'Brings many resources to a common purpose'
    )
),

final as (
    select
        value_code || behaviour_order as behaviour_code,
        value_code,
        behaviour_order,
        text_id,
        text_en
    from guides
)

select * from final
