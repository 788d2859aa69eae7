/** Withdrawals: a record retracted, or superseded by another, by the organisation that owns it; each once. */

import { needDigest } from "./digest";
import { readEntry, readEntryOf, type Entry } from "./entry";
import { termsOfEntry, writeRows } from "./index_rows";
import { needRecord } from "./records";
import { Refusal, invalid } from "./refusal";
import { answer, type Stored, type World } from "./world";

const MAX_CHAIN = 1_000;

export async function retract(world: World, entryText: string): Promise<string> {
  return withdraw(world, readEntryOf("retract", entryText), "Retracted");
}

export async function supersede(world: World, entryText: string): Promise<string> {
  const entry = readEntryOf("supersede", entryText);
  const by = needDigest(entry.body.by, "successor");
  await needRecord(world, entry.record);
  await needRecord(world, by);
  await checkNoCycle(world, entry.record, by);
  return withdraw(world, entry, "Superseded");
}

async function withdraw(world: World, entry: Entry & { record: string }, event: string): Promise<string> {
  const { owner } = await needRecord(world, entry.record);
  if (owner !== world.msp) throw new Refusal("FORBIDDEN", `This record is ${owner}'s; only they may withdraw it.`);
  const key = world.key(entry.kind, entry.record);
  const known = await world.read<Stored>(key);
  if (known?.entry === entry.text) return answer(known);
  if (known !== null) throw new Refusal("CONFLICT", "This record is withdrawn already, in other words.");
  const document: Stored = { entry: entry.text, ...world.origin };
  await world.write(key, document);
  await writeRows(world, key, document.since, termsOfEntry(entry));
  const { since } = document;
  world.announce(event, { record: entry.record, by: entry.body.by, owner, since });
  return answer(document);
}

/** What is read here is in the read set, so two halves of a circle cannot both be committed. */
async function checkNoCycle(world: World, record: string, successor: string): Promise<void> {
  let next = successor;
  for (let hops = 0; hops < MAX_CHAIN; hops += 1) {
    if (next === record) throw invalid("A record cannot be superseded by itself, nor by one that it supersedes.");
    const document = await world.read<Stored>(world.key("supersede", next));
    if (document === null) return;
    next = needDigest(readEntry(document.entry).body.by, "successor");
  }
  throw invalid(`A chain of successors has at most ${String(MAX_CHAIN)} records.`);
}
