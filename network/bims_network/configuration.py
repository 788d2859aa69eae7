"""The channel's configuration: reading it, and changing it with the signatures of several organisations."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bims_network.administrator import Administrator
from bims_network.delta import update
from bims_network.messages import common, config
from bims_network.plan import CHANNEL, ORDERER_MSP
from bims_network.waiting import wait_until


class Configuration:
    """The configuration of the channel.

    Parameters
    ----------
    administrators : Mapping[str, Administrator]
        By organisation.
    orderer : str
        Name of the orderer to speak to.
    """

    def __init__(self, administrators: Mapping[str, Administrator], orderer: str) -> None:
        self._administrators, self._orderer = administrators, orderer

    def block(self, path: Path) -> Path:
        """Write the block with the newest configuration to `path`."""
        fetch = ["channel", "fetch", "config", str(path), "-c", CHANNEL]
        self._administrators[ORDERER_MSP].ordered(self._orderer, *fetch)
        return path

    @property
    def number(self) -> int:
        """Number of the block with the newest configuration."""
        with tempfile.TemporaryDirectory() as folder:
            return block_number(self.block(Path(folder) / "block").read_bytes())

    def change(self, edit: Callable[[Any], None], signers: Sequence[str]) -> int:
        """Change it.

        Parameters
        ----------
        edit : callable
            Changes the common.ConfigGroup of the channel in place.
        signers : sequence of str
            Organisations that sign; the last of them hands it in.

        Returns
        -------
        int
            Number of the block with the change.
        """
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "update"
            block = self.block(path).read_bytes()
            before = read_config(block)
            after = config.Config()
            after.CopyFrom(before)
            edit(after.channel_group)
            path.write_bytes(envelope(update(CHANNEL, before, after)))
            for msp in signers[:-1]:
                self._administrators[msp].peer("channel", "signconfigtx", "-f", str(path))
            self._administrators[signers[-1]].ordered(
                self._orderer, "channel", "update", "-c", CHANNEL, "-f", str(path)
            )
        wait_until(lambda: self.number > block_number(block), "The change of the channel was not ordered")
        return self.number


def block_number(block: bytes) -> int:
    """The number in a block's header."""
    return int(common.Block.FromString(block).header.number)


def read_config(block: bytes) -> Any:
    """The common.Config in a configuration block."""
    data = common.Block.FromString(block).data.data[0]
    payload = common.Payload.FromString(common.Envelope.FromString(data).payload)
    return config.ConfigEnvelope.FromString(payload.data).config


def envelope(config_update: bytes) -> bytes:
    """An update as the ``peer`` tool signs and sends it."""
    header = common.ChannelHeader(type=common.CONFIG_UPDATE, channel_id=CHANNEL)
    wrapped = config.ConfigUpdateEnvelope(config_update=config_update)
    payload = common.Payload(
        header=common.Header(channel_header=header.SerializeToString()), data=wrapped.SerializeToString()
    )
    return bytes(common.Envelope(payload=payload.SerializeToString()).SerializeToString())
