/** Digests: SHA-256, written `sha256:` and 64 lower-case hexadecimal digits. */

import { createHash } from "node:crypto";

import { invalid } from "./refusal";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function digestOf(data: Uint8Array | string): string {
  return `sha256:${sha256(data).toString("hex")}`;
}

export function isDigest(value: unknown): value is string {
  return typeof value === "string" && DIGEST.test(value);
}

export function needDigest(value: unknown, noun: string): string {
  if (!isDigest(value)) throw invalid(`The ${noun} must be sha256: and 64 hexadecimal digits.`);
  return value;
}
