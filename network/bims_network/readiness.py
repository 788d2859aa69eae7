"""Whether the organisations endorse: what "ready" means for whoever writes."""

from __future__ import annotations

from bims_desktop.ledger.fabric.caller import Deadlines
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.profile import Profile
from bims_network.membership import Credentials
from bims_network.plan import Plan
from bims_network.waiting import retry

# endorsed, and never sent to be ordered: it leaves nothing in the ledger
PROBE = ("PutChunk", "Ymltcw==")
PATIENCE = 45.0


def wait_for_endorsements(plan: Plan, writer: Credentials) -> None:
    """Wait until the gateway of the writer's organisation gets the endorsements that the channel asks for.

    Raises
    ------
    EndorseError
        It did not in time; says what the peers said.
    """
    identity = Identity.from_pem(writer.msp, writer.certificate, writer.key)
    deadlines = Deadlines(endorse=2.0)
    with Gateway(Profile.load(plan.profile(writer.msp)), identity, deadlines=deadlines) as gateway:
        retry(lambda: gateway.endorse(gateway.propose(*PROBE)), PATIENCE)
