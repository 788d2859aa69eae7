/** `Simulation`: what a peer gives the chaincode for one proposal. Reads see the committed state, never own writes. */

import { createHash } from "node:crypto";

import type { State } from "./state";

const MAX_END = "\u{10ffff}";

export interface Proposal {
  readonly args: readonly Buffer[];
  readonly msp: string;
  readonly certificate: Buffer;
  readonly transaction: string;
  readonly time: Date;
  readonly transient: ReadonlyMap<string, Buffer>;
}

export interface Write {
  readonly collection: string;
  readonly key: string;
  readonly value: Buffer;
}

async function* listed<T>(rows: readonly T[]): AsyncGenerator<T> {
  for (const row of rows) yield await Promise.resolve(row);
}

export class Simulation {
  readonly reads: { collection: string; key: string; version: string }[] = [];
  readonly writes: Write[] = [];
  event: { name: string; payload: string } | null = null;
  private hasRanges = false;

  constructor(
    private readonly state: State,
    private readonly peerMsp: string,
    private readonly proposal: Proposal,
  ) {}

  getBufferArgs = (): readonly Buffer[] => this.proposal.args;
  getTxID = (): string => this.proposal.transaction;
  getChannelID = (): string => "provenance";
  getCreator = (): object => ({ mspid: this.proposal.msp, idBytes: this.proposal.certificate });
  getTransient = (): ReadonlyMap<string, Buffer> => this.proposal.transient;
  getDateTimestamp = (): Date => this.proposal.time;

  getFunctionAndParameters(): { fcn: string; params: string[] } {
    const [fcn = "", ...params] = this.proposal.args.map((data) => data.toString());
    return { fcn, params };
  }

  setEvent(name: string, payload: Buffer): void {
    this.event = { name, payload: payload.toString() };
  }

  createCompositeKey(type: string, attributes: readonly string[]): string {
    if ([type, ...attributes].some((part) => part === "" || /[\0\u{10ffff}]/u.test(part))) throw new Error("bad key");
    return `\0${[type, ...attributes].join("\0")}\0`;
  }

  async getState(key: string): Promise<Buffer> {
    return this.read("", key);
  }

  async putState(key: string, value: Uint8Array): Promise<void> {
    return this.write("", key, value);
  }

  async getPrivateData(collection: string, key: string): Promise<Buffer> {
    this.checkReader(collection);
    return this.read(collection, key);
  }

  async getPrivateDataHash(collection: string, key: string): Promise<Buffer> {
    const value = await this.read(collection, key);
    return value.length === 0 ? value : createHash("sha256").update(value).digest();
  }

  async putPrivateData(collection: string, key: string, value: Uint8Array): Promise<void> {
    return this.write(collection, key, value);
  }

  async getStateByPartialCompositeKeyWithPagination(
    type: string,
    attributes: string[],
    size: number,
    bookmark: string,
  ): Promise<object> {
    this.range();
    const prefix = this.createCompositeKey(type, attributes);
    const rows = this.state.range("", bookmark === "" ? prefix : bookmark, prefix + MAX_END);
    const page = rows.slice(0, size);
    // as the shim gives it: an empty message has no bytes, and is none
    const metadata =
      page.length === 0 ? undefined : { fetchedRecordsCount: page.length, bookmark: rows[size]?.key ?? "" };
    const source = listed(page);
    const iterator = { next: () => source.next(), close: () => Promise.resolve() };
    return Promise.resolve({ iterator, metadata });
  }

  getPrivateDataByRange(collection: string, start: string, end: string): AsyncIterable<object> {
    this.range();
    this.checkReader(collection);
    return listed(this.state.range(collection, start, end));
  }

  getHistoryForKey(key: string): AsyncIterable<object> {
    return listed(this.state.history(key));
  }

  private checkReader(collection: string): void {
    const members = this.state.membersOf(collection);
    if (!members.includes(this.proposal.msp)) throw new Error("tx creator does not have read access permission");
    if (!members.includes(this.peerMsp)) throw new Error("private data matching public hash version is not available");
  }

  /** Fabric refuses pages and private ranges in a transaction that writes; no phantom may decide what is written. */
  private range(): void {
    if (this.writes.length > 0) throw new Error("A range is read in a transaction that writes.");
    this.hasRanges = true;
  }

  private async read(collection: string, key: string): Promise<Buffer> {
    const isOwn = this.writes.some((write) => write.collection === collection && write.key === key);
    if (isOwn) throw new Error(`A transaction reads what it wrote: ${key}`);
    const { value, version } = this.state.get(collection, key);
    this.reads.push({ collection, key, version });
    return Promise.resolve(value);
  }

  private async write(collection: string, key: string, value: Uint8Array): Promise<void> {
    if (this.hasRanges) throw new Error("A transaction that read a range writes.");
    if (value.length === 0) throw new Error("Fabric takes an empty value for a deleted one.");
    this.writes.push({ collection, key, value: Buffer.from(value) });
    return Promise.resolve();
  }
}
