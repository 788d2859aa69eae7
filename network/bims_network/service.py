"""The chaincode of one organisation, as a service that its peer calls."""

from __future__ import annotations

from pathlib import Path

from bims_network.binaries import find_node
from bims_network.node import Node
from bims_network.plan import Plan, chaincode

SERVER = Path("node_modules", "fabric-shim", "cli.js")


class ChaincodeService(Node):
    """A Node.js process that runs the contract."""

    kind = "chaincode"

    def __init__(self, plan: Plan, msp: str) -> None:
        super().__init__(plan, chaincode(msp), msp)

    def launch(self) -> None:
        """Start its process, unless it runs; returns at once."""
        # written by `deploy`: which build runs under which package
        package, built = (self.folder / "runs").read_text(encoding="utf-8").splitlines()
        command = [str(find_node().node), str(Path(built) / SERVER), "server"]
        command += ["--chaincode-address", self.address, "--chaincode-id", package]
        self._process.start(command, {}, Path(built))

    def deploy(self, package: str, built: Path) -> bool:
        """Choose the package and the build that it runs; tells whether that is a change."""
        runs, chosen = self.folder / "runs", f"{package}\n{built}\n"
        if runs.exists() and runs.read_text(encoding="utf-8") == chosen:
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        runs.write_text(chosen, encoding="utf-8")
        return True

    @property
    def height(self) -> int | None:
        """It holds no blocks."""
        return None

    @property
    def ready(self) -> bool:
        """Whether it serves."""
        return self._listens()
