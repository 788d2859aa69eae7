/** Records, statements, entries and logs for the tests. Nothing is drawn: keys come from numbers. */

import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";

import { canonical } from "../src/json";
import { rootHash } from "../src/merkle";
import { fingerprint, keyId, verifierKey } from "../src/public_key";

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
export const RECORD_TYPE = "application/vnd.bims.record+json; version=1";
export const STATEMENT_TYPE = "application/vnd.bims.statement+json; version=1";

export function digest(data: number | string | Buffer): string {
  const bytes = typeof data === "number" ? String(data) : data;
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

export class Signer {
  private readonly key: KeyObject;
  readonly publicKey: Buffer;

  constructor(seed: number) {
    const der = Buffer.concat([PKCS8, Buffer.alloc(32, seed)]);
    this.key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const { x = "" } = createPublicKey(this.key).export({ format: "jwk" });
    this.publicKey = Buffer.from(x, "base64url");
  }

  sign(data: Buffer | string): Buffer {
    return sign(null, Buffer.from(data as string), this.key);
  }

  get fingerprint(): string {
    return fingerprint(this.publicKey);
  }
}

export const AGENT = new Signer(1);

interface Input {
  readonly digest: string;
  readonly parent?: string | null;
}

/** Payload of a record of an image whose pixels and macro are made of a number. */
export function imagePayload(number: number, inputs: readonly Input[] = [], more: object = {}): object {
  return {
    type: "bims-record",
    v: 1,
    created: "2026-01-31T12:00:00Z",
    agent: { name: "Ada", organisation: "Lab", public_key: AGENT.publicKey.toString("base64") },
    image: { pixels: digest(`pixels ${String(number)}`) },
    macro: { digest: digest(`macro ${String(number)}`) },
    steps: [{ entry: { operation: "load" } }, { entry: { operation: number % 2 === 0 ? "gaussian" : "median" } }],
    inputs: inputs.map(({ digest: data, parent = null }) => ({
      digest: data,
      parent,
      acquisition: { microscope: [{ Manufacturer: "Zeiss", Model: "LSM 880" }] },
    })),
    blobs: { companion: null, inline: {} },
    ...more,
  };
}

export function statementPayload(name: string, inputs: readonly Input[] = []): object {
  return {
    type: "bims-statement",
    v: 1,
    created: "2026-01-31T12:00:00Z",
    agent: { name: "Ada", organisation: "Lab", public_key: AGENT.publicKey.toString("base64") },
    subject: [{ kind: "table", name, digest: digest(name) }],
    steps: [{ operation: "count" }],
    instrument: "Sequencer 9",
    inputs: inputs.map((input) => ({ name: "in", ...input })),
  };
}

/** DSSE envelope of a payload. */
export function envelope(payload: object | string, signer = AGENT, type = RECORD_TYPE): string {
  const data = Buffer.from(typeof payload === "string" ? payload : canonical(payload));
  const head = `DSSEv1 ${String(type.length)} ${type} ${String(data.length)} `;
  const signature = signer.sign(Buffer.concat([Buffer.from(head), data]));
  return canonical({
    payload: data.toString("base64"),
    payloadType: type,
    signatures: [{ keyid: signer.publicKey.toString("hex"), sig: signature.toString("base64") }],
  });
}

export function entry(kind: string, body: object): string {
  return canonical({ body, kind, v: 1 });
}

export interface Sample {
  readonly record: string;
  readonly pixels: string;
  readonly macro: string;
  readonly entry: string;
  readonly envelope: string;
  readonly contents: string;
}

/** A record of an image, ready to be committed. */
export function image(number: number, inputs: readonly Input[] = [], more: object = {}): Sample {
  const payload = imagePayload(number, inputs, more);
  const record = digest(canonical(payload));
  const [pixels, macro] = [digest(`pixels ${String(number)}`), digest(`macro ${String(number)}`)];
  const text = envelope(payload);
  return {
    record,
    pixels,
    macro,
    entry: entry("record", { agent: AGENT.fingerprint, macro, pixels, record }),
    envelope: text,
    contents: canonical({ collection: "", envelope: text, blobs: {} }),
  };
}

/** A log that is a list of leaf hashes, and its checkpoints as signed notes. */
export class Log {
  constructor(
    readonly origin: string,
    readonly leaves: readonly Buffer[],
  ) {}

  static of(origin: string, size: number, seed = ""): Log {
    const leaf = (index: number): Buffer =>
      createHash("sha256")
        .update(`${seed}${String(index)}`)
        .digest();
    return new Log(
      origin,
      Array.from({ length: size }, (_, index) => leaf(index)),
    );
  }

  note(size: number, ...signers: readonly Signer[]): string {
    const text = `${this.origin}\n${String(size)}\n${rootHash(this.leaves.slice(0, size)).toString("base64")}\n`;
    return `${text}\n${signers.map((signer) => this.line(text, signer)).join("")}`;
  }

  /** RFC 9162 section 2.1.4.1. */
  proof(old: number, size: number): string {
    return canonical(subproof(this.leaves.slice(0, size), old, true).map((node) => node.toString("base64")));
  }

  key(signer: Signer): string {
    return verifierKey(this.origin, signer.publicKey);
  }

  private line(text: string, signer: Signer): string {
    const value = Buffer.concat([keyId(this.origin, signer.publicKey), signer.sign(text)]);
    return `— ${this.origin} ${value.toString("base64")}\n`;
  }
}

function subproof(leaves: readonly Buffer[], old: number, isWhole: boolean): Buffer[] {
  if (old === leaves.length) return isWhole ? [] : [rootHash(leaves)];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return old <= split
    ? [...subproof(left, old, isWhole), rootHash(right)]
    : [...subproof(right, old - split, false), rootHash(left)];
}
