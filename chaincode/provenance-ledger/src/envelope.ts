/** `Payload`: what a DSSE envelope holds, once its signature by the record's own agent was found to be true. */

import { sha256 } from "./digest";
import { facts, type Facts } from "./facts";
import { hasMembers, isList, isObject, readCanonical, type Json, type JsonObject } from "./json";
import { decodeBase64, fingerprint, verify } from "./public_key";
import { invalid } from "./refusal";
import { readUtf8 } from "./utf8";

export const MAX_ENVELOPE = 8 * 1024 * 1024;
const MAX_SIGNATURES = 8;
const TYPES = new Map([
  ["application/vnd.bims.record+json; version=1", "bims-record"],
  ["application/vnd.bims.statement+json; version=1", "bims-statement"],
]);

export interface Payload {
  /** Digest of the payload: the record's name. */
  readonly record: string;
  readonly facts: Facts;
  /** Fingerprint of the agent's key. */
  readonly agent: string;
  /** Which data were read, and the record that each carried. */
  readonly inputs: readonly Input[];
  /** Digest of the file of stored edits beside the image, where there is one. */
  readonly companion: string | null;
}

export interface Input {
  readonly digest: string;
  readonly parent: string | null;
}

export function openEnvelope(text: string): Payload {
  const envelope = readCanonical(text, MAX_ENVELOPE, "envelope");
  if (!isObject(envelope) || !hasMembers(envelope, ["payload", "payloadType", "signatures"])) {
    throw invalid("An envelope has the members payload, payloadType and signatures.");
  }
  const { payload, payloadType } = envelope;
  const data = typeof payload === "string" ? decodeBase64(payload) : undefined;
  if (data === undefined || typeof payloadType !== "string") throw invalid("The envelope's payload is not base64.");
  const content = readPayload(data, payloadType);
  const key = agentKey(content);
  if (!isSigned(envelope.signatures, key, pae(payloadType, data))) {
    throw invalid("The envelope is not signed by the key of the agent that its payload names.");
  }
  return {
    record: `sha256:${sha256(data).toString("hex")}`,
    facts: facts(content),
    agent: fingerprint(key),
    inputs: inputsOf(content),
    companion: companionOf(content),
  };
}

function readPayload(data: Buffer, payloadType: string): JsonObject {
  const content = readCanonical(readUtf8(data, "payload"), MAX_ENVELOPE, "payload");
  if (!isObject(content) || TYPES.get(payloadType) !== content.type) {
    throw invalid("The payload is not of the type that its envelope says.");
  }
  return content;
}

function agentKey(content: JsonObject): Buffer {
  const agent = content.agent;
  const text = isObject(agent) ? agent.public_key : undefined;
  const key = typeof text === "string" ? decodeBase64(text, 32) : undefined;
  if (key === undefined) throw invalid("The payload names no public key of its agent.");
  return key;
}

function isSigned(signatures: Json | undefined, key: Buffer, message: Buffer): boolean {
  if (!isList(signatures) || signatures.length > MAX_SIGNATURES) return false;
  return signatures.some((line) => {
    if (!isObject(line) || line.keyid !== key.toString("hex") || typeof line.sig !== "string") return false;
    const signature = decodeBase64(line.sig, 64);
    return signature !== undefined && verify(key, signature, message);
  });
}

/** Pre-authentication encoding of DSSE. */
function pae(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${String(Buffer.byteLength(type))} ${type} ${String(payload.length)} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Read after `facts`, which refused inputs of any other shape. */
function inputsOf(content: JsonObject): Input[] {
  const inputs = content.inputs as readonly { digest: string; parent?: string | null }[];
  return inputs.map(({ digest, parent }) => ({ digest, parent: parent ?? null }));
}

function companionOf(content: JsonObject): string | null {
  const blobs = content.blobs;
  const companion = isObject(blobs) ? blobs.companion : null;
  return typeof companion === "string" ? companion : null;
}
