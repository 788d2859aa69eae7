/** Private records: contents that only the members of a collection read, checked by them on the way in. */

import { keepPrivateChunk, transient } from "./chunks";
import { Collection } from "./collection";
import { checkBlobs, cut, readBlobs, type Contents } from "./contents";
import { digestOf, sha256 } from "./digest";
import { readEntryOf } from "./entry";
import { MAX_ENVELOPE, openEnvelope } from "./envelope";
import { termsOfEntry, termsOfPayload, type Term } from "./index_rows";
import { canonical, readCanonical, type Json } from "./json";
import { checkAgreement } from "./records";
import { Refusal, invalid } from "./refusal";
import { Seal } from "./seal";
import { readUtf8 } from "./utf8";
import type { World } from "./world";

const MAX_BLOB_LIST = 1024 * 1024;

/** What a search inside a collection reads. */
export interface PrivateRow {
  readonly record: string;
  readonly terms: readonly Term[];
  readonly salt: string;
}

/**
 * Takes the transient fields `envelope` and, where the record has any, `blobs` (as in contents; put before).
 *
 * Nothing public is written, so that the endorsement policy of the collection alone decides.
 */
export async function putPrivateRecord(world: World, entryText: string, name: string): Promise<string> {
  const entry = readEntryOf("record", entryText);
  const collection = new Collection(world, name);
  const envelope = transient(world, "envelope");
  if (envelope.length > MAX_ENVELOPE) throw invalid(`The envelope exceeds ${String(MAX_ENVELOPE)} bytes.`);
  const chunks = cut(envelope);
  const contents: Contents = { collection: name, envelope: chunks.map(digestOf), blobs: offeredBlobs(world) };
  const seal = new Seal(collection, entry);
  const isKnown = await seal.covers(contents);
  if (isKnown === false)
    throw new Refusal(
      "CONFLICT",
      `The collection ${name} holds this record already, another's or with other contents.`,
    );
  if (isKnown === null) {
    const payload = openEnvelope(readUtf8(envelope, "envelope"));
    checkAgreement(entry, payload);
    await checkBlobs(world, contents, payload.companion);
    for (const chunk of chunks) await keepPrivateChunk(collection, chunk);
    await seal.write(contents);
    await writeRow(collection, entry.record, [...termsOfEntry(entry), ...termsOfPayload(payload)], envelope);
  }
  return canonical({ envelope_chunks: contents.envelope });
}

/** Where the rows of a collection lie, in the order of their time. */
export const PRIVATE_ROWS = "private";

/**
 * One row for each record, not one for each property: the hash of a private key is public, and whoever can guess
 * "gaussian" could tell from it that the operation was used. The salt does the same for the hash of the value.
 */
async function writeRow(
  collection: Collection,
  record: string,
  terms: readonly Term[],
  envelope: Buffer,
): Promise<void> {
  const salt = sha256("salt\0", envelope).toString("hex");
  const row: PrivateRow = { record, terms, salt };
  const key = collection.world.key(PRIVATE_ROWS, collection.world.since, record);
  await collection.write(key, Buffer.from(canonical(row)));
}

function offeredBlobs(world: World): Contents["blobs"] {
  if (!world.stub.getTransient().has("blobs")) return {};
  const value: Json = readCanonical(
    readUtf8(transient(world, "blobs"), "list of blobs"),
    MAX_BLOB_LIST,
    "list of blobs",
  );
  return readBlobs(value);
}
