"""The measures: dbt's models on worlds of their own, held against what does not share their code.

Belongs here: building a home's models without a night around them, and judging what they say by
hand-computed cases, by a statistics library, by the oracle and by an attacker. Does not belong
here: the formulas of the oracle (`tests/oracle`), or how a night runs (`tests/orchestration`).
"""
