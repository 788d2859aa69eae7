/** `Contents`: where the pieces of a record lie, and whether they are all there. */

import { MAX_CHUNK, readChunk } from "./chunks";
import { digestOf, isDigest, sha256 } from "./digest";
import { MAX_ENVELOPE } from "./envelope";
import { canonical, isList, isObject, readCanonical, type Json } from "./json";
import { invalid } from "./refusal";
import { readUtf8 } from "./utf8";
import type { World } from "./world";

const MAX_CONTENTS = 2 * 1024 * 1024;
const MAX_ENVELOPE_CHUNKS = 64;
const MAX_BLOB_CHUNKS = 512;
const MAX_BLOBS = 64 * 1024 * 1024; // packed, all of one record
const MEMBERS = ["collection", "envelope", "envelope_chunks", "blobs"];

export type Blobs = Readonly<Record<string, readonly string[]>>;

/** As a record's document keeps it. */
export interface Contents {
  /** Private data collection that holds the pieces; empty: everybody's state. */
  readonly collection: string;
  readonly envelope: readonly string[];
  readonly blobs: Blobs;
}

export const NO_CONTENTS: Contents = { collection: "", envelope: [], blobs: {} };

/** What the argument offers: an envelope as text, or chunks that were put before. */
export interface Offer extends Contents {
  readonly text: string | undefined;
}

export function readOffer(argument: string): Offer {
  const value = readCanonical(argument, MAX_CONTENTS, "contents");
  if (!isObject(value) || Object.keys(value).some((name) => !MEMBERS.includes(name))) {
    throw invalid(`Contents have the members ${MEMBERS.join(", ")}.`);
  }
  const { collection = "", envelope: text, envelope_chunks: chunks } = value;
  if (typeof collection !== "string") throw invalid("The collection must be a name.");
  if ((text === undefined) === (chunks === undefined)) {
    throw invalid("Contents have either an envelope or its chunks.");
  }
  const blobs = readBlobs(value.blobs ?? {});
  if (text === undefined) return { collection, envelope: readChunks(chunks, MAX_ENVELOPE_CHUNKS), blobs, text };
  if (collection !== "") throw invalid("The envelope of a private record must not stand in an argument.");
  if (typeof text !== "string") throw invalid("The envelope must be text.");
  return { collection, envelope: [digestOf(text)], blobs, text };
}

export function readBlobs(value: Json): Blobs {
  if (!isObject(value) || !Object.keys(value).every(isDigest)) throw invalid("Blobs stand under their digests.");
  const blobs = Object.entries(value).map(([digest, chunks]) => [digest, readChunks(chunks, MAX_BLOB_CHUNKS)] as const);
  if (blobs.flatMap(([, chunks]) => chunks).length > MAX_BLOB_CHUNKS) {
    throw invalid(`The blobs of a record have at most ${String(MAX_BLOB_CHUNKS)} chunks.`);
  }
  return Object.fromEntries(blobs);
}

/** The text of the envelope that the chunks make. */
export async function assemble(world: World, chunks: readonly string[]): Promise<string> {
  return readUtf8(Buffer.concat(await readAll(world, chunks, MAX_ENVELOPE)), "envelope");
}

/**
 * Refuses blobs that are not, byte for byte, those of the companion file that the signed payload names.
 *
 * Blobs are compressed, under the digest of what they hold; the companion's digest binds their bytes without any
 * decompression on the chain. A record may come without its blobs, where they are too large, but not with some.
 */
export async function checkBlobs(world: World, contents: Contents, companion: string | null): Promise<void> {
  const digests = Object.keys(contents.blobs).sort();
  if (digests.length === 0) return;
  if (companion === null) throw invalid("The record names no companion file whose blobs these could be.");
  const packed: Buffer[] = [];
  const sizes: Record<string, number> = {};
  let left = MAX_BLOBS;
  for (const digest of digests) {
    const parts = await readAll(world, contents.blobs[digest] ?? [], left, contents.collection);
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    sizes[digest] = size;
    left -= size;
    packed.push(...parts);
  }
  const found = sha256(canonical(sizes), "\0", ...packed).toString("hex");
  if (companion !== `sha256:${found}`) throw invalid("The blobs are not those of the record's companion file.");
}

async function readAll(world: World, chunks: readonly string[], limit: number, collection = ""): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  let size = 0;
  for (const chunk of chunks) {
    const part = await readChunk(world, chunk, collection);
    size += part.length;
    if (size > limit) throw invalid(`The chunks exceed ${String(limit)} bytes.`);
    parts.push(part);
  }
  return parts;
}

function readChunks(value: Json | undefined, most: number): readonly string[] {
  if (!isList(value) || value.length === 0 || value.length > most || !value.every(isDigest)) {
    throw invalid(`Chunks are a list of 1 to ${String(most)} digests.`);
  }
  return value;
}

/** `data` in pieces of the largest size. */
export function cut(data: Buffer): Buffer[] {
  const count = Math.ceil(data.length / MAX_CHUNK);
  return Array.from({ length: count }, (_, index) => data.subarray(index * MAX_CHUNK, (index + 1) * MAX_CHUNK));
}
