/** Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), as `docs/formats/ledger.md` reads them. Pure. */

import { decodeBase64, isKeyName, keyId, verify } from "./public_key";
import { invalid, type Refusal } from "./refusal";

const MAX_NOTE = 100_000;
const MAX_SIGNATURES = 100;
const DASH = "— ";
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const NOT_PLAIN = /[\u0000-\u0009\u000b-\u001f]|\p{Surrogate}/u;
const SIZE = /^(0|[1-9][0-9]{0,15})$/;

export interface Signature {
  readonly name: string;
  readonly keyId: Buffer;
  readonly value: Buffer;
}

/** A text and its signatures, none of them checked yet. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly Signature[];
}

/** What a log held: `size` entries whose tree hash is `root`. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export function parseNote(note: string): Note {
  const end = note.lastIndexOf("\n\n");
  const lines = note.slice(end + 2);
  if (end < 0 || !lines.endsWith("\n") || Array.from(note).length > MAX_NOTE || NOT_PLAIN.test(note)) throw malformed();
  const signatures = lines.slice(0, -1).split("\n").map(parseSignature);
  if (signatures.length > MAX_SIGNATURES) throw malformed();
  return { text: note.slice(0, end + 1), signatures };
}

/** The checkpoint in the text of a note; lines after the third are extensions, unread. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.includes("")) throw malformed();
  const [origin = "", size = "", encoded = ""] = lines;
  const root = decodeBase64(encoded, 32);
  if (root === undefined || !SIZE.test(size) || Number(size) > Number.MAX_SAFE_INTEGER) throw malformed();
  return { origin, size: Number(size), root };
}

/** Whether `key` signed the note, in this `name` where one is given; a false signature of it refuses the whole note. */
export function isSignedBy(note: Note, key: Buffer, name = ""): boolean {
  const isTheirs = (line: Signature): boolean =>
    line.keyId.equals(keyId(line.name, key)) && ["", line.name].includes(name);
  const line = note.signatures.find(isTheirs);
  if (line === undefined) return false;
  if (!verify(key, line.value, Buffer.from(note.text))) throw invalid(`The signature of ${line.name} is false.`);
  return true;
}

function parseSignature(line: string): Signature {
  const [name = "", ...rest] = line.slice(DASH.length).split(" ");
  const value = decodeBase64(rest.join(" "));
  if (!line.startsWith(DASH) || !isKeyName(name) || value === undefined || value.length < 5) throw malformed();
  return { name, keyId: value.subarray(0, 4), value: value.subarray(4) };
}

function malformed(): Refusal {
  return invalid("This is not a signed checkpoint.");
}
