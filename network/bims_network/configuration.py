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

    def change(self, edit: Callable[[Any], None], signers: Sequence[str]) -> None:
        """Change it.

        Parameters
        ----------
        edit : callable
            Changes the common.ConfigGroup of the channel in place.
        signers : sequence of str
            Organisations that sign; the last of them hands it in.
        """
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "update"
            before = read_config(self.block(path).read_bytes())
            after = config.Config()
            after.CopyFrom(before)
            edit(after.channel_group)
            path.write_bytes(envelope(update(CHANNEL, before, after)))
            for msp in signers[:-1]:
                self._administrators[msp].peer("channel", "signconfigtx", "-f", str(path))
            self._administrators[signers[-1]].ordered(
                self._orderer, "channel", "update", "-c", CHANNEL, "-f", str(path)
            )


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
