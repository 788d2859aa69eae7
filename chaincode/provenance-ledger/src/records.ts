/** Records: one document for each, never overwritten. */

import { holdsChunk, keepChunk } from "./chunks";
import { Collection } from "./collection";
import { NO_CONTENTS, assemble, checkBlobs, readOffer, type Contents, type Offer } from "./contents";
import { needDigest } from "./digest";
import { readEntryOf, textOf, type Entry } from "./entry";
import { openEnvelope, type Payload } from "./envelope";
import { termsOfEntry, termsOfPayload, writeRows, type Term } from "./index_rows";
import { canonical } from "./json";
import { keepAncestry } from "./ancestry";
import { Refusal, invalid } from "./refusal";
import { Seal } from "./seal";
import { answer, type Stored, type World } from "./world";

export interface RecordDocument extends Stored, Contents {}

export function recordKey(world: World, record: string): string {
  return world.key("record", record);
}

/** Takes a record's entry, and its contents where `contents` is not empty. */
export async function commitRecord(world: World, entryText: string, contents: string): Promise<string> {
  const entry = readEntryOf("record", entryText);
  const key = recordKey(world, entry.record);
  const offer = contents === "" ? undefined : readOffer(contents);
  const known = await world.read<RecordDocument>(key);
  if (known !== null) return answer(sameOrConflict(known, entry, offer ?? NO_CONTENTS));
  const terms = offer === undefined ? [] : await takeContents(world, entry, offer);
  const { collection, envelope, blobs } = offer ?? NO_CONTENTS;
  const document: RecordDocument = { entry: entry.text, ...world.origin, collection, envelope, blobs };
  await world.write(key, document);
  await writeRows(world, key, document.since, [...termsOfEntry(entry), ...terms]);
  world.announce("RecordCommitted", { record: entry.record, owner: document.owner, since: document.since });
  return answer(document);
}

export async function getRecord(world: World, record: string): Promise<string> {
  const document = await needRecord(world, record);
  const retracted = await withdrawal(world, "retract", record);
  const superseded = await withdrawal(world, "supersede", record);
  return canonical({ ...document, retracted, superseded });
}

export async function needRecord(world: World, record: string): Promise<RecordDocument> {
  const document = await world.read<RecordDocument>(recordKey(world, needDigest(record, "record")));
  if (document === null) throw new Refusal("NOT_FOUND", `The ledger does not hold the record ${record}.`);
  return document;
}

/** Refuses an entry that says something else than the payload, by which somebody else's image would find it. */
export function checkAgreement(entry: Entry, payload: Payload): void {
  const { facts, agent, record } = payload;
  const agreed: readonly (readonly [string, readonly string[]])[] = [
    ["record", [record]],
    ["pixels", facts.subjects],
    ["subject", facts.subjects],
    ["macro", [facts.macro]],
    ["agent", [agent]],
  ];
  for (const [name, values] of agreed) {
    const told = textOf(entry.body, name);
    if (told !== undefined && !values.includes(told)) throw invalid(`The entry's ${name} is not that of its payload.`);
  }
}

function sameOrConflict(
  known: RecordDocument,
  entry: Entry,
  { collection, envelope, blobs }: Contents,
): RecordDocument {
  const offered = canonical([entry.text, collection, envelope, blobs]);
  if (canonical([known.entry, known.collection, known.envelope, known.blobs]) === offered) return known;
  throw new Refusal("CONFLICT", "The ledger holds this record already, with another entry or other contents.");
}

/** By what else the record is found, once its contents were found to be there and to be true. */
async function takeContents(world: World, entry: Entry & { record: string }, offer: Offer): Promise<Term[]> {
  if (offer.collection !== "") {
    await checkPrivate(world, entry, offer);
    return [];
  }
  const payload = openEnvelope(offer.text ?? (await assemble(world, offer.envelope)));
  checkAgreement(entry, payload);
  await checkBlobs(world, offer, payload.companion);
  if (offer.text !== undefined) await keepChunk(world, Buffer.from(offer.text));
  await keepAncestry(world, payload);
  return termsOfPayload(payload);
}

/** Private contents were checked where they could be read; here the hashes on the chain show that it was these. */
async function checkPrivate(world: World, entry: Entry & { record: string }, offer: Offer): Promise<void> {
  const collection = new Collection(world, offer.collection);
  if ((await new Seal(collection, entry).covers(offer)) !== true) {
    throw new Refusal(
      "NOT_FOUND",
      `The collection ${collection.name} does not hold this record, with these contents, of ${world.msp}.`,
    );
  }
  for (const chunk of [...offer.envelope, ...Object.values(offer.blobs).flat()]) {
    if (!(await holdsChunk(collection, chunk))) {
      throw new Refusal("NOT_FOUND", `The collection ${collection.name} does not hold the chunk ${chunk}.`);
    }
  }
}

/** Without the owner: it is the record's. */
async function withdrawal(world: World, kind: string, record: string): Promise<Omit<Stored, "owner"> | null> {
  const document = await world.read<Stored>(world.key(kind, record));
  if (document === null) return null;
  const { entry, since, transaction } = document;
  return { entry, since, transaction };
}
