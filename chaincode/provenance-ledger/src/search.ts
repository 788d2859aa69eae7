/** Searches: by what entries say, and by what is known of the records that they name. */

import { Collection } from "./collection";
import { needDigest } from "./digest";
import { ANY, rowKey, rowPrefix, shown, type Term } from "./index_rows";
import { canonical, isObject, readCanonical } from "./json";
import { readPage, readPageSize, readPrivatePage, MAX_PAGE } from "./pages";
import { PRIVATE_ROWS, type PrivateRow } from "./private_records";
import { recordKey, type RecordDocument } from "./records";
import { invalid } from "./refusal";
import type { Stored, World } from "./world";

const MAX_QUERY = 16 * 1024;
const MAX_SCAN = 10_000; // rows looked at for one page
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
/** Most telling first: the first that a query has is the index that is walked. */
const FIELDS = ["record", "pixels", "subject", "uses", "macro", "instrument", "agent", "operation", "kind"];

export interface Search {
  readonly terms: readonly Term[];
  readonly since: string;
  /** Exclusive; empty: no end. */
  readonly until: string;
  readonly collection: string;
}

export interface Found {
  readonly entries: readonly Stored[];
  readonly bookmark: string;
}

/** A page may have fewer entries than its size; the last one has an empty bookmark. */
export async function query(world: World, queryJson: string, pageSize: string, bookmark: string): Promise<string> {
  const wanted = readSearch(queryJson);
  const size = readPageSize(pageSize);
  const find = wanted.collection === "" ? findPublic : findPrivate;
  return canonical(await find(world, wanted, size, bookmark));
}

/** The records, oldest first, of which `field` is `digest`; at most the first thousand. */
export async function findBy(world: World, field: string, digest: string): Promise<string> {
  return canonical(await recordsWith(world, [field, needDigest(digest, field)], MAX_PAGE));
}

export async function recordsWith(world: World, term: Term, most: number): Promise<Stored[]> {
  const wanted: Search = { terms: [term, ["kind", "record"]], since: "", until: "", collection: "" };
  const found: Stored[] = [];
  let page: Found = { entries: [], bookmark: "" };
  do {
    page = await findPublic(world, wanted, most - found.length, page.bookmark);
    found.push(...page.entries);
  } while (page.bookmark !== "" && found.length < most);
  return found;
}

export function readSearch(text: string): Search {
  const value = readCanonical(text, MAX_QUERY, "query");
  if (!isObject(value)) throw invalid("A query is an object.");
  const members = Object.entries(value);
  for (const [name, wanted] of members) {
    if (![...FIELDS, "since", "until", "collection"].includes(name)) throw invalid(`Nothing is searched by ${name}.`);
    if (typeof wanted !== "string" || wanted === "") throw invalid(`The query's ${name} must be text.`);
    if (["since", "until"].includes(name) && !TIME.test(wanted)) {
      throw invalid(`The query's ${name} must be a time such as 2026-01-31T12:00:00Z.`);
    }
  }
  const { since = "", until = "", collection = "", ...rest } = value as Record<string, string>;
  const terms = FIELDS.flatMap((field): Term[] => (rest[field] === undefined ? [] : [[field, rest[field]]]));
  return { terms, since, until, collection };
}

async function findPublic(world: World, wanted: Search, size: number, bookmark: string): Promise<Found> {
  const [first = ANY, ...others] = wanted.terms;
  const entries: Stored[] = [];
  let start = bookmark || wanted.since;
  for (let scanned = 0; scanned < MAX_SCAN && entries.length === 0; scanned += size) {
    const page = await readPage(world, "index", rowPrefix(first), size, start);
    for (const { rest, value } of page.rows) {
      const [since = "", id = ""] = rest;
      if (isOver(wanted, since)) return { entries, bookmark: "" };
      if (await hasAll(world, others, since, id)) entries.push(shown(await need(world, value.toString())));
    }
    start = page.bookmark;
    if (start === "") break;
  }
  return { entries, bookmark: start };
}

/** Rows of all terms of an entry differ in the term alone, so a second condition is one look-up. */
async function hasAll(world: World, terms: readonly Term[], since: string, id: string): Promise<boolean> {
  for (const term of terms) {
    if (!(await world.has(rowKey(world, term, since, id)))) return false;
  }
  return true;
}

/** Rows lie in the order in which contents came into the collection; their records were committed then or later. */
async function findPrivate(world: World, wanted: Search, size: number, bookmark: string): Promise<Found> {
  const collection = new Collection(world, wanted.collection);
  const entries: Stored[] = [];
  let start = bookmark;
  for (let scanned = 0; scanned < MAX_SCAN && entries.length === 0; scanned += size) {
    const page = await readPrivatePage(collection, PRIVATE_ROWS, size, start);
    for (const { rest, value } of page.rows) {
      if (isOver(wanted, rest[0] ?? "")) return { entries, bookmark: "" };
      const row = JSON.parse(value.toString()) as PrivateRow;
      const document = matches(row, wanted.terms)
        ? await world.read<RecordDocument>(recordKey(world, row.record))
        : null;
      if (document?.collection !== wanted.collection) continue;
      if (document.since >= wanted.since && !isOver(wanted, document.since)) entries.push(shown(document));
    }
    start = page.bookmark;
    if (start === "") break;
  }
  return { entries, bookmark: start };
}

function matches(row: PrivateRow, terms: readonly Term[]): boolean {
  return terms.every(([field, value]) => row.terms.some((term) => term[0] === field && term[1] === value));
}

function isOver(wanted: Search, since: string): boolean {
  return wanted.until !== "" && since >= wanted.until;
}

async function need(world: World, key: string): Promise<Stored> {
  const document = await world.read<Stored>(key);
  if (document === null) throw new Error("An index row names a document that is not there.");
  return document;
}
