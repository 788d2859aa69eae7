/** Chunks: contents in content-addressed pieces, so that nobody can put something else under a piece's name. */

import { Collection } from "./collection";
import { digestOf, needDigest } from "./digest";
import { canonical } from "./json";
import { decodeBase64 } from "./public_key";
import { Refusal, invalid } from "./refusal";
import type { World } from "./world";

export const MAX_CHUNK = 512 * 1024;

export async function putChunk(world: World, dataBase64: string): Promise<string> {
  if (dataBase64.length > (MAX_CHUNK / 3 + 1) * 4) throw tooLarge();
  const data = decodeBase64(dataBase64);
  if (data === undefined) throw invalid("The chunk is not base64.");
  return canonical({ chunk: await keepChunk(world, data) });
}

export async function putPrivateChunk(world: World, collection: string): Promise<string> {
  return canonical({ chunk: await keepPrivateChunk(new Collection(world, collection), transient(world, "chunk")) });
}

/** The chunk's digest; a chunk that is there is left alone, so that writers of the same do not collide. */
export async function keepChunk(world: World, data: Uint8Array): Promise<string> {
  const chunk = nameOf(data);
  const key = chunkKey(world, chunk);
  if (!(await world.has(key))) await world.stub.putState(key, data);
  return chunk;
}

export async function keepPrivateChunk(collection: Collection, data: Uint8Array): Promise<string> {
  const chunk = nameOf(data);
  if (!(await holdsChunk(collection, chunk))) await collection.write(chunkKey(collection.world, chunk), data);
  return chunk;
}

/** Base64 of a chunk. */
export async function getChunk(world: World, chunk: string, collection: string): Promise<string> {
  return (await readChunk(world, needDigest(chunk, "chunk"), collection)).toString("base64");
}

export async function readChunk(world: World, chunk: string, collection = ""): Promise<Buffer> {
  const key = chunkKey(world, chunk);
  const data = collection === "" ? await world.stub.getState(key) : await new Collection(world, collection).read(key);
  if (data.length === 0) throw new Refusal("NOT_FOUND", `The chunk ${chunk} is not here.`);
  return Buffer.from(data);
}

/** By the hash: a chunk's name is the digest of its bytes. */
export async function holdsChunk(collection: Collection, chunk: string): Promise<boolean> {
  const hash = await collection.hash(chunkKey(collection.world, chunk));
  return `sha256:${hash.toString("hex")}` === chunk;
}

function chunkKey(world: World, chunk: string): string {
  return world.key("chunk", chunk);
}

/** Data that travel beside the proposal, and never onto the chain. */
export function transient(world: World, name: string): Buffer {
  const data = world.stub.getTransient().get(name);
  if (data === undefined) throw invalid(`The transient field ${name} is missing.`);
  return Buffer.from(data);
}

function nameOf(data: Uint8Array): string {
  if (data.length > MAX_CHUNK) throw tooLarge();
  if (data.length === 0) throw invalid("A chunk cannot be empty.");
  return digestOf(data);
}

function tooLarge(): Refusal {
  return invalid(`A chunk has at most ${String(MAX_CHUNK)} bytes.`);
}
