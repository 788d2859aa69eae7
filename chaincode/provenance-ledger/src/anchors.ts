/** Anchors: checkpoints of members' own logs, each proven on the chain to continue the one before. */

import { digestOf } from "./digest";
import { canonical, isList, readCanonical } from "./json";
import { isConsistent } from "./merkle";
import { isSignedBy, parseCheckpoint, parseNote, type Checkpoint, type Note } from "./note";
import { readPage, readPageSize } from "./pages";
import { decodeBase64, isKeyName, parseVerifierKey } from "./public_key";
import { Refusal, invalid } from "./refusal";
import { answer, type Stored, type World } from "./world";

const MAX_PROOF = 128; // a consistency proof of a tree of 2^53 leaves has no more than 54
const MAX_PROOF_TEXT = 8 * 1024;

export interface AnchorDocument extends Omit<Stored, "entry"> {
  readonly origin: string;
  readonly size: number;
  /** Base64, as it stands in the note. */
  readonly root: string;
  /** Verifier key that the next checkpoint must be signed by. */
  readonly key: string;
  readonly note: string;
}

export async function anchor(world: World, noteText: string, keyText: string, proofText: string): Promise<string> {
  const note = parseNote(noteText);
  const checkpoint = parseCheckpoint(note.text);
  const key = readKey(keyText, checkpoint.origin);
  const proof = readProof(proofText);
  const last = await world.read<AnchorDocument>(lastKey(world, checkpoint.origin));
  if (last !== null) {
    if (last.owner !== world.msp) throw new Refusal("FORBIDDEN", `The log ${last.origin} is ${last.owner}'s.`);
    const known = await anchoredAt(world, last, checkpoint, noteText);
    if (known !== undefined) return answer(known);
    checkGrowth(last, checkpoint, note, proof);
  } else if (checkpoint.size === 0 || proof.length > 0) {
    throw invalid("The first anchor of a log is of at least one entry, and needs no proof.");
  }
  if (!isSignedBy(note, key, checkpoint.origin)) throw invalid("The note is not signed by the key that was given.");
  return keep(world, checkpoint, noteText, keyText);
}

export async function getAnchor(world: World, origin: string): Promise<string> {
  const last = await world.read<AnchorDocument>(lastKey(world, origin));
  if (last === null) throw new Refusal("NOT_FOUND", "No checkpoint of this log was anchored.");
  return canonical(last);
}

/** All anchors of a log, the smallest tree first. */
export async function anchors(world: World, origin: string, pageSize: string, bookmark: string): Promise<string> {
  const page = await readPage(world, "anchored", [digestOf(origin)], readPageSize(pageSize), bookmark);
  const entries = page.rows.map(({ value }) => JSON.parse(value.toString()) as AnchorDocument);
  return canonical({ anchors: entries, bookmark: page.bookmark });
}

async function keep(world: World, checkpoint: Checkpoint, note: string, key: string): Promise<string> {
  const { origin, size } = checkpoint;
  const root = checkpoint.root.toString("base64");
  const document: AnchorDocument = { origin, size, root, key, note, ...world.origin };
  await world.write(lastKey(world, origin), document);
  await world.write(sizeKey(world, origin, size), document);
  const { owner, since } = document;
  world.announce("Anchored", { origin, size, root, owner, since });
  return answer(document);
}

/** The anchor of this very note; refuses another one of its size, or of a size that the log has left behind. */
async function anchoredAt(
  world: World,
  last: AnchorDocument,
  { origin, size }: Checkpoint,
  note: string,
): Promise<AnchorDocument | undefined> {
  if (size > last.size) return undefined;
  const known = await world.read<AnchorDocument>(sizeKey(world, origin, size));
  if (known?.note === note) return known;
  throw new Refusal(
    "CONFLICT",
    `The log ${origin} was anchored with ${String(last.size)} entries, not with this note.`,
  );
}

function checkGrowth(
  last: AnchorDocument,
  { origin, size, root }: Checkpoint,
  note: Note,
  proof: readonly Buffer[],
): void {
  if (!isSignedBy(note, readKey(last.key, origin), origin)) {
    throw invalid("The note is not signed by the key that the log was last anchored with.");
  }
  const lastRoot = Buffer.from(last.root, "base64");
  if (!isConsistent(BigInt(last.size), lastRoot, BigInt(size), root, proof)) {
    throw new Refusal("CONFLICT", `The proof does not show that the log continues its ${String(last.size)} entries.`);
  }
}

function readKey(text: string, origin: string): Buffer {
  const parsed = parseVerifierKey(text);
  if (parsed?.name !== origin || !isKeyName(origin)) throw invalid("The key is not a verifier key in the log's name.");
  return parsed.key;
}

function readProof(text: string): Buffer[] {
  const value = readCanonical(text, MAX_PROOF_TEXT, "proof");
  if (!isList(value) || value.length > MAX_PROOF) throw invalid("The proof is a list of hashes in base64.");
  return value.map((item) => {
    const node = typeof item === "string" ? decodeBase64(item, 32) : undefined;
    if (node === undefined) throw invalid("A node of the proof is not 32 bytes in base64.");
    return node;
  });
}

function lastKey(world: World, origin: string): string {
  return world.key("anchor", digestOf(origin));
}

function sizeKey(world: World, origin: string, size: number): string {
  return world.key("anchored", digestOf(origin), String(size).padStart(16, "0"));
}
