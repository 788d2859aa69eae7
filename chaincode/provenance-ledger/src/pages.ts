/** Pages of a long answer, in the order of the keys. */

import type { QueryResponseMetadata } from "fabric-shim-api";

import type { Collection } from "./collection";
import { invalid } from "./refusal";
import type { World } from "./world";

export const MAX_PAGE = 1_000;
const MAX_END = "\u{10ffff}";
const BOOKMARK = /^[0-9A-Za-z:/-]{0,200}$/;

export interface Row {
  /** The key's last attributes, those that the prefix left open. */
  readonly rest: readonly string[];
  readonly value: Buffer;
}

export interface Page {
  readonly rows: readonly Row[];
  readonly bookmark: string;
}

export function readPageSize(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(text) || Number(text) > MAX_PAGE) {
    throw invalid(`The page size is a whole number from 1 to ${String(MAX_PAGE)}.`);
  }
  return Number(text);
}

/**
 * The next rows under a prefix. A bookmark is where the next page begins, without the prefix: nobody can page
 * through other keys than those. It may also be the beginning of a key, where a page shall begin.
 */
export async function readPage(
  world: World,
  type: string,
  attributes: string[],
  size: number,
  bookmark: string,
): Promise<Page> {
  const prefix = world.key(type, ...attributes);
  const start = startOf(prefix, bookmark);
  const page = await world.stub.getStateByPartialCompositeKeyWithPagination(type, attributes, size, start);
  const rows: Row[] = [];
  for (let next = await page.iterator.next(); !next.done; next = await page.iterator.next()) {
    rows.push({ rest: restOf(next.value.key, prefix), value: Buffer.from(next.value.value) });
  }
  await page.iterator.close();
  // The shim gives no metadata where nothing was found: an empty message has no bytes, which it takes for none.
  const metadata = page.metadata as QueryResponseMetadata | undefined;
  return { rows, bookmark: bookmarkOf(metadata?.bookmark ?? "", prefix) };
}

/** The same within a private collection, which Fabric does not page by itself. */
export async function readPrivatePage(
  collection: Collection,
  type: string,
  size: number,
  bookmark: string,
): Promise<Page> {
  const prefix = collection.world.key(type);
  const found = await collection.range(startOf(prefix, bookmark) || prefix, prefix + MAX_END, size + 1);
  const rows = found.slice(0, size).map(({ key, value }) => ({ rest: restOf(key, prefix), value: Buffer.from(value) }));
  return { rows, bookmark: bookmarkOf(found[size]?.key ?? "", prefix) };
}

function startOf(prefix: string, bookmark: string): string {
  if (!BOOKMARK.test(bookmark)) throw invalid("This bookmark was not given by this ledger.");
  return bookmark === "" ? "" : prefix + bookmark.replaceAll("/", "\0");
}

function bookmarkOf(key: string, prefix: string): string {
  return key === "" ? "" : key.slice(prefix.length).replaceAll("\0", "/");
}

function restOf(key: string, prefix: string): string[] {
  return key.slice(prefix.length).split("\0").slice(0, -1);
}
