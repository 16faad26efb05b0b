"""The sentences of nights and of the command line: ``sentence(section, key, name=value)``.

Belongs here: where their file lies. Does not belong here: what they say (`words.yml`), or when.
"""

from pathlib import Path

from warehouse.sentences import Words

sentence = Words(Path(__file__).with_name("words.yml"))
