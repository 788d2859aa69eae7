/** Entries: the statements that stand in a ledger, as `docs/formats/ledger.md` defines them. */

import { isDigest } from "./digest";
import { hasMembers, isObject, readCanonical, type JsonObject } from "./json";
import { invalid } from "./refusal";

export const MAX_ENTRY = 1_200;
const DIGESTS = ["record", "pixels", "macro", "by"];
const VERDICTS = ["exact", "within tolerance", "different", "not replayable"];
const REQUIRED = new Map<string, readonly string[]>([
  ["record", ["record"]],
  ["attestation", ["record", "verdict"]],
  ["supersede", ["record", "by"]],
  ["retract", ["record"]],
  ["key", ["key"]],
]);

export interface Entry {
  readonly kind: string;
  readonly body: JsonObject;
  /** The canonical bytes that a ledger binds. */
  readonly text: string;
}

/** The entry that `text` states, refused unless it is the one canonical form. */
export function readEntry(text: string): Entry {
  const value = readCanonical(text, MAX_ENTRY, "entry");
  if (!isObject(value) || !hasMembers(value, ["body", "kind", "v"])) {
    throw invalid("An entry has the members body, kind and v.");
  }
  const { body, kind } = value;
  if (value.v !== 1 || !isObject(body) || typeof kind !== "string") {
    throw invalid("This is not an entry of version 1.");
  }
  checkBody(kind, body);
  return { kind, body, text };
}

/** An entry of one kind, which names a record. */
export function readEntryOf(kind: string, text: string): Entry & { readonly record: string } {
  const entry = readEntry(text);
  const record = entry.body.record;
  if (entry.kind !== kind || !isDigest(record)) throw invalid(`This function takes entries of the kind ${kind}.`);
  return { ...entry, record };
}

/** A member of the body where it is text, else nothing. */
export function textOf(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" ? value : undefined;
}

function checkBody(kind: string, body: JsonObject): void {
  const required = REQUIRED.get(kind);
  if (required === undefined) throw invalid("There is no such kind of entry.");
  const missing = required.filter((name) => !Object.hasOwn(body, name));
  if (missing.length > 0) throw invalid(`The entry lacks ${missing.join(", ")}.`);
  const wrong = DIGESTS.filter((name) => Object.hasOwn(body, name) && !isDigest(body[name]));
  if (wrong.length > 0) throw invalid(`In the entry ${wrong.join(", ")} must be sha256: and 64 hexadecimal digits.`);
  const verdict = body.verdict;
  if (kind === "attestation" && !(typeof verdict === "string" && VERDICTS.includes(verdict))) {
    throw invalid(`The verdict must be one of ${VERDICTS.join(", ")}.`);
  }
}
