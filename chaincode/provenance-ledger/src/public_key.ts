/** Ed25519 public keys: checking signatures, and the texts by which people name and pass keys. Pure. */

import { createPublicKey, verify as verifySignature } from "node:crypto";

import { sha256 } from "./digest";

const ED25519 = Buffer.from([1]);
// What Python calls printable and no space, so that both verifiers accept the same names.
const NOT_A_NAME = /[\p{C}\p{Z}+]/u;

/** Whether `signature` is that of `data` by `publicKey` (Ed25519, RFC 8032). */
export function verify(publicKey: Buffer, signature: Buffer, data: Buffer): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const jwk = { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") };
  return verifySignature(null, data, createPublicKey({ key: jwk, format: "jwk" }), signature);
}

/** Short name of a public key, as people compare it. */
export function fingerprint(publicKey: Buffer): string {
  return `SHA256:${sha256(publicKey).toString("base64").replace(/=+$/, "")}`;
}

/** The four bytes by which a signed note names an Ed25519 key (C2SP signed-note). */
export function keyId(name: string, publicKey: Buffer): Buffer {
  return sha256(name, "\n", ED25519, publicKey).subarray(0, 4);
}

export function isKeyName(name: string): boolean {
  return name !== "" && !NOT_A_NAME.test(name);
}

/** One-line text of a public key (C2SP signed-note verifier key). */
export function verifierKey(name: string, key: Buffer): string {
  return `${name}+${keyId(name, key).toString("hex")}+${Buffer.concat([ED25519, key]).toString("base64")}`;
}

/** The name and the 32 bytes in a verifier key `name+id+base64` (C2SP signed-note). */
export function parseVerifierKey(text: string): { name: string; key: Buffer } | undefined {
  const [name = "", id = "", ...rest] = text.split("+");
  const data = decodeBase64(rest.join("+"), 33);
  if (!isKeyName(name) || data?.[0] !== 1) return undefined;
  const key = data.subarray(1);
  return keyId(name, key).toString("hex") === id ? { name, key } : undefined;
}

/** The key in a verifier key, or in base64 or hex of its 32 bytes: the texts by which people pin keys. */
export function parsePublic(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex");
  return decodeBase64(text, 32) ?? parseVerifierKey(text)?.key;
}

/** The bytes of canonical base64 (RFC 4648), nothing where it is not, or has not `length` bytes. */
export function decodeBase64(text: string, length?: number): Buffer | undefined {
  const data = Buffer.from(text, "base64");
  const fits = length === undefined || data.length === length;
  return fits && data.toString("base64") === text ? data : undefined;
}
