/** Attestations: a key for each person and statement, so that many can attest one record at the same moment. */

import { sha256 } from "./digest";
import { readEntryOf } from "./entry";
import { termsOfEntry, writeRows } from "./index_rows";
import { needRecord } from "./records";
import { answer, type Stored, type World } from "./world";

export async function attest(world: World, entryText: string): Promise<string> {
  const entry = readEntryOf("attestation", entryText);
  await needRecord(world, entry.record);
  const key = world.key("attestation", entry.record, sha256(entry.text).toString("hex"), world.person);
  const known = await world.read<Stored>(key);
  if (known !== null) return answer(known);
  const document: Stored = { entry: entry.text, ...world.origin };
  await world.write(key, document);
  await writeRows(world, key, document.since, termsOfEntry(entry));
  const { owner, since } = document;
  world.announce("Attested", { record: entry.record, verdict: entry.body.verdict, owner, since });
  return answer(document);
}
