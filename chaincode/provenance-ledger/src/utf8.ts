/** UTF-8, strictly: bytes that are no text must not become another text on the way. */

import { invalid } from "./refusal";

export function isUtf8(data: Buffer): boolean {
  return Buffer.from(data.toString()).equals(data);
}

export function readUtf8(data: Buffer, noun: string): string {
  if (!isUtf8(data)) throw invalid(`The ${noun} is not UTF-8.`);
  return data.toString();
}
