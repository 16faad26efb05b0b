"""The sentences of landing, its files and the rules: ``sentence(section, key, name=value)``.

Belongs here: where their file lies. Does not belong here: what they say (`words.yml`), or when.
"""

from pathlib import Path

from warehouse.sentences import Words

sentence = Words(Path(__file__).with_name("words.yml"))
