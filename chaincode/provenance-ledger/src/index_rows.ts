/** Index rows: the composite keys by which entries are found, in the order of their time. */

import { digestOf, sha256 } from "./digest";
import { textOf, type Entry } from "./entry";
import type { Payload } from "./envelope";
import { invalid } from "./refusal";
import type { Stored, World } from "./world";

/** A searched property and its value, for instance `["operation", "gaussian"]`. */
export type Term = readonly [field: string, value: string];

/** Every entry has it: the index of a search for nothing in particular. */
export const ANY: Term = ["any", "entry"];
const MAX_TERMS = 2_000;

/** By what the entry itself is found. */
export function termsOfEntry(entry: Entry): Term[] {
  const told = ["record", "pixels", "macro", "subject", "agent"].map(
    (field) => [field, textOf(entry.body, field)] as const,
  );
  const subject = textOf(entry.body, "pixels");
  const terms: Term[] = [ANY, ["kind", entry.kind]];
  for (const [field, value] of [...told, ["subject", subject] as const]) {
    if (value !== undefined) terms.push([field, value]);
  }
  return terms;
}

/** By what a record whose payload is known is found besides. */
export function termsOfPayload({ facts, agent }: Payload): Term[] {
  const every = (field: string, values: readonly string[]): Term[] => values.map((value) => [field, value]);
  return [
    ...every("subject", facts.subjects),
    ...every("macro", [facts.macro]),
    ...every("agent", [agent, facts.agent]),
    ...every("operation", facts.operations),
    ...every("instrument", facts.instruments),
    ...every("uses", facts.inputs),
    ...every("parent", facts.parents),
  ].filter(([, value]) => value !== "");
}

/** Makes the document under `key` found by each of `terms`. */
export async function writeRows(world: World, key: string, since: string, terms: readonly Term[]): Promise<void> {
  const rows = new Set(terms.map((term) => rowKey(world, term, since, idOf(key))));
  if (rows.size > MAX_TERMS) throw invalid(`A record is found by at most ${String(MAX_TERMS)} properties.`);
  for (const row of rows) await world.stub.putState(row, Buffer.from(key));
}

export function rowKey(world: World, [field, value]: Term, since: string, id: string): string {
  return world.key("index", field, hashOf(value), since, id);
}

/** The attributes that all rows of a term begin with. Values are hashed: they are any text, keys are not. */
export function rowPrefix([field, value]: Term): string[] {
  return [field, hashOf(value)];
}

/** The entry as a search shows it. */
export function shown({ entry, owner, since, transaction }: Stored): Stored {
  return { entry, owner, since, transaction };
}

function hashOf(value: string): string {
  return sha256(value).toString("hex");
}

function idOf(key: string): string {
  return digestOf(key).slice("sha256:".length);
}
