/** History: every change of what the channel holds of one record, as its blocks say. */

import { canonical } from "./json";
import { needRecord, recordKey } from "./records";
import { readPage } from "./pages";
import { invalid } from "./refusal";
import type { Stored, World } from "./world";

const MAX_ATTESTATIONS = 1_000;

interface Change {
  readonly transaction: string;
  readonly since: string;
  readonly value: Stored;
}

/** The record, its withdrawals and attestations, oldest first. */
export async function history(world: World, record: string): Promise<string> {
  await needRecord(world, record);
  const keys = [recordKey(world, record), world.key("retract", record), world.key("supersede", record)];
  const attestations = await readPage(world, "attestation", [record], MAX_ATTESTATIONS, "");
  if (attestations.bookmark !== "") throw invalid("Too many people attested this record: use Query.");
  for (const { rest } of attestations.rows) keys.push(world.key("attestation", record, ...rest));
  const changes: Change[] = [];
  for (const key of keys) changes.push(...(await changesOf(world, key)));
  // By the transaction where the time is the same: every peer gives the same answer.
  return canonical(changes.sort((a, b) => compare(a.since, b.since) || compare(a.transaction, b.transaction)));
}

async function changesOf(world: World, key: string): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const { txId, value } of world.stub.getHistoryForKey(key)) {
    const document = JSON.parse(Buffer.from(value).toString()) as Stored;
    changes.push({ transaction: txId, since: document.since, value: document });
  }
  return changes;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
