/** The chain of a log's keys: which key signed which part of it, as `docs/formats/ledger.md` numbers the steps. Pure. */

import { canonical } from "./json";
import { isSignedBy, parseNote } from "./note";
import { parsePublic, verifierKey } from "./public_key";
import { checkRead, proven, type Receipt, type ReceiptCheck } from "./receipt";
import { invalid, type Refusal } from "./refusal";

/** What one key of a log signs: the sizes of its first and, where it was replaced, of its last checkpoint. */
export interface Tenure {
  readonly key: Buffer;
  readonly first: number;
  readonly last: number | null;
}

/** The keys of the log `origin`, oldest first, from the receipts of its `key` entries. */
export function tenures(origin: string, firstKey: Buffer, rotations: readonly Receipt[]): Tenure[] {
  const chain: Tenure[] = [];
  let current: Tenure = { key: firstKey, first: 0, last: null };
  for (const receipt of rotations) {
    const key = successor(origin, current, receipt);
    if ([...chain, current].some((tenure) => tenure.key.equals(key))) {
      throw broken(origin, "it takes back a key that was replaced");
    }
    chain.push({ ...current, last: receipt.size });
    current = { key, first: receipt.size, last: null };
  }
  return [...chain, current];
}

/** What a receipt of the log `origin` is worth to whoever trusts one key of its chain: each key for what it signs. */
export function checkWithin(
  origin: string,
  chain: readonly Tenure[],
  receipt: Receipt,
  pinned: readonly Buffer[],
): ReceiptCheck {
  const isTrusted = chain.some((tenure) => pinned.some((key) => key.equals(tenure.key)));
  if (receipt.ledger !== origin || !isTrusted) return checkRead(receipt, pinned);
  const signs = ({ key, first, last }: Tenure): boolean =>
    key.equals(receipt.logKey) && first <= receipt.size && receipt.size <= (last ?? receipt.size);
  if (chain.some(signs)) return checkRead(receipt, [receipt.logKey]);
  return {
    state: "bad",
    text: `The checkpoint of ${origin} is signed with a key that was not its own.`,
    entry: undefined,
  };
}

/** The key that takes the place of the current one, once the rotation was found to hold. */
function successor(origin: string, current: Tenure, receipt: Receipt): Buffer {
  const { body, kind } = proven(receipt);
  const text = body.key;
  const key = typeof text === "string" ? parsePublic(text) : undefined;
  if (kind !== "key" || key === undefined || canonical(body) !== canonical(namesOf(origin, current.key, key))) {
    throw broken(origin, `entry ${String(receipt.index + 1)} does not replace its key`);
  }
  if (receipt.ledger !== origin || !receipt.logKey.equals(current.key) || receipt.size <= current.first) {
    throw broken(origin, "a rotation is not signed by the key before it");
  }
  if (receipt.size !== receipt.index + 1) throw broken(origin, "a rotation is not the last entry of its checkpoint");
  if (!isSignedBy(parseNote(receipt.checkpoint), key, origin)) {
    throw broken(origin, "a rotation is not signed by the new key");
  }
  return key;
}

function namesOf(origin: string, old: Buffer, key: Buffer): object {
  return { key: verifierKey(origin, key), replaces: verifierKey(origin, old) };
}

function broken(origin: string, why: string): Refusal {
  return invalid(`The chain of keys of the log ${origin} does not hold: ${why}.`);
}
