"""Take part from any science: ``python examples/take_part.py reads.fastq counts.csv``."""

import sys
from pathlib import Path

from bims_desktop import api

raw, result = map(Path, sys.argv[1:])
submitted = api.submit(
    {
        "subject": [{"kind": "table", "name": result.name, "digest": api.digest(result)}],
        "inputs": [{"name": raw.name, "digest": api.digest(raw)}],
        "steps": [{"operation": "count", "sentence": "Counted the reads of each gene", "parameters": {"quality": 30}}],
        "instrument": "Sequencer 1",
    }
)
print("recorded as", submitted.record)
print("made from it:", [found.record for found in api.find(uses=api.digest(raw))])
