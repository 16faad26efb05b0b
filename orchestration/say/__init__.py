"""What the command line says, in Indonesian with English beside it; functions return exit codes.

Belongs here: words and tables on the terminal, a module for each group of commands. Does not
belong here: finding anything out, but the few files (ledger, manifest) that hold what is shown.
No personal data is ever printed.
"""

from orchestration.say.foresight import foreseen as foreseen
from orchestration.say.nights import outcome as outcome
from orchestration.say.nights import rolled_back as rolled_back
from orchestration.say.opening import created as created
from orchestration.say.opening import kept as kept
from orchestration.say.proof import erased as erased
from orchestration.say.proof import traced as traced
from orchestration.say.proof import verified as verified
from orchestration.say.rules import no_government as no_government
from orchestration.say.rules import rules_are_right as rules_are_right
from orchestration.say.rules import rules_of as rules_of
from orchestration.say.senders import checked as checked
from orchestration.say.standing import status as status
from orchestration.say.terminal import cannot_touch as cannot_touch
from orchestration.say.terminal import problem as problem
from orchestration.say.terminal import progress as progress
from orchestration.say.terminal import stopped as stopped
from orchestration.say.terminal import wrong_usage as wrong_usage
