/** Receipts, and how to check one offline: the numbered steps of `docs/formats/ledger.md`. Pure: no file, no clock. */

import { readEntry, type Entry } from "./entry";
import { hasMembers, isList, isObject, readCanonical, type Json } from "./json";
import { leafHash, rootFromProof } from "./merkle";
import { isSignedBy, parseCheckpoint, parseNote } from "./note";
import { decodeBase64, fingerprint, isKeyName } from "./public_key";
import { Refusal, invalid } from "./refusal";
import { readUtf8 } from "./utf8";

const FORMAT = "bims-receipt-1";
const MAX_RECEIPT = 4_000;
const MAX_PROOF = 53;
const SINCE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MEMBERS = ["checkpoint", "entry", "format", "index", "ledger", "log_key", "proof", "salt", "since", "size"];

export interface Receipt {
  readonly ledger: string;
  readonly logKey: Buffer;
  readonly entry: Buffer;
  readonly salt: Buffer;
  readonly since: string;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Buffer[];
  readonly checkpoint: string;
}

export interface ReceiptCheck {
  /** Unknown: it holds, but its log's key is not among the pinned ones. */
  readonly state: "good" | "bad" | "unknown";
  readonly text: string;
  readonly entry: Entry | undefined;
}

/** Whether the bytes are a receipt that proves a log with one of the pinned keys to hold its entry. */
export function checkReceipt(data: Buffer, pinned: readonly Buffer[]): ReceiptCheck {
  return orBad(() => checkRead(readReceipt(data), pinned));
}

/** The same for a receipt that was read. */
export function checkRead(receipt: Receipt, pinned: readonly Buffer[]): ReceiptCheck {
  return orBad(() => {
    const entry = proven(receipt);
    const where = `in the ledger ${receipt.ledger} since ${receipt.since} by its own clock`;
    if (pinned.some((key) => key.equals(receipt.logKey))) return { state: "good", text: where, entry };
    const text = `${where}; its key ${fingerprint(receipt.logKey)} is not one that you trust`;
    return { state: "unknown", text, entry };
  });
}

function orBad(check: () => ReceiptCheck): ReceiptCheck {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { state: "bad", text: error.message, entry: undefined };
  }
}

/** Step 1; spaces around a receipt are the padding of its slot in a file. */
export function readReceipt(data: Buffer): Receipt {
  const text = readUtf8(data, "receipt").replace(/^ +| +$/g, "");
  const value = readCanonical(text, MAX_RECEIPT, "receipt");
  if (!isObject(value) || !hasMembers(value, MEMBERS) || value.format !== FORMAT) throw damaged();
  const proof = value.proof;
  if (!isList(proof) || proof.length > MAX_PROOF) throw damaged();
  const since = needText(value.since);
  if (!SINCE.test(since)) throw damaged();
  return {
    ledger: needText(value.ledger),
    logKey: bytes(value.log_key, 32),
    entry: bytes(value.entry),
    salt: bytes(value.salt, 16),
    since,
    index: count(value.index),
    size: count(value.size),
    proof: proof.map((node) => bytes(node, 32)),
    checkpoint: needText(value.checkpoint),
  };
}

/** Steps 2 to 7: the entry that the receipt proves to be in the log of its key, whoever that is. */
export function proven(receipt: Receipt): Entry {
  const entry = readEntry(readUtf8(receipt.entry, "entry"));
  const note = parseNote(receipt.checkpoint);
  const { origin, size, root } = parseCheckpoint(note.text);
  if (!isKeyName(receipt.ledger) || receipt.ledger !== origin || receipt.size !== size) {
    throw invalid("The receipt and its checkpoint name different logs or sizes.");
  }
  const leaf = leafHash(receipt.salt, receipt.since, receipt.entry);
  const found = rootFromProof(leaf, BigInt(receipt.index), BigInt(receipt.size), receipt.proof);
  if (found?.equals(root) !== true) throw invalid("The proof does not lead from the entry to the signed checkpoint.");
  if (!isSignedBy(note, receipt.logKey, origin)) {
    throw invalid("The checkpoint is not signed by the key that the receipt names.");
  }
  return entry;
}

function needText(value: Json | undefined): string {
  if (typeof value !== "string") throw damaged();
  return value;
}

function bytes(value: Json | undefined, length?: number): Buffer {
  const data = decodeBase64(needText(value), length);
  if (data === undefined) throw damaged();
  return data;
}

function count(value: Json | undefined): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw damaged();
  return value;
}

function damaged(): Refusal {
  return invalid("This is not a receipt that this version can read.");
}
