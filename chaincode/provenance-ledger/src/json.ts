/** Canonical JSON (RFC 8785), written and read: only the one form of a value is accepted. */

import canonicalize from "canonicalize";

import { invalid } from "./refusal";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

// Far beyond honest documents, and far from where two machines' stacks end at different depths.
const MAX_DEPTH = 500;
const LONE_SURROGATE = /\p{Surrogate}/u;

export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("This value is not JSON.");
  return text;
}

/**
 * The value of a canonical JSON text of at most `limit` bytes.
 *
 * Repeated names, other orders, spaces, long numbers and escapes all have another canonical form, so one comparison
 * refuses them.
 */
export function readCanonical(text: string, limit: number, noun: string): Json {
  if (Buffer.byteLength(text) > limit) throw invalid(`The ${noun} exceeds ${String(limit)} bytes.`);
  const value = parse(text, noun);
  if (!isPlain(value, 0) || canonical(value) !== text) throw invalid(`The ${noun} is not canonical JSON (RFC 8785).`);
  return value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether `value` has exactly the members `names`. */
export function hasMembers(value: JsonObject, names: readonly string[]): boolean {
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function parse(text: string, noun: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(`The ${noun} is not JSON.`);
  }
}

function isPlain(value: Json, depth: number): boolean {
  if (typeof value === "string") return !LONE_SURROGATE.test(value);
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth === MAX_DEPTH) return false;
  if (isList(value)) return value.every((item) => isPlain(item, depth + 1));
  return Object.entries(value).every(([name, item]) => !LONE_SURROGATE.test(name) && isPlain(item, depth + 1));
}
