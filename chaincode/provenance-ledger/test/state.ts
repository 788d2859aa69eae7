/** `State`: what a peer of the tests' channel has committed: versions, history, private collections. */

import type { Write } from "./simulation";

interface Cell {
  readonly value: Buffer;
  /** Transaction that wrote it; empty: nobody did. */
  readonly version: string;
}

interface Change {
  readonly txId: string;
  readonly value: Buffer;
  readonly isDelete: boolean;
  readonly timestamp: { readonly seconds: number; readonly nanos: number };
}

const NOTHING: Cell = { value: Buffer.alloc(0), version: "" };

export class State {
  private readonly spaces = new Map<string, Map<string, Cell>>([["", new Map<string, Cell>()]]);
  private readonly changes = new Map<string, Change[]>();

  constructor(private readonly collections: ReadonlyMap<string, readonly string[]>) {
    for (const name of collections.keys()) this.spaces.set(name, new Map());
  }

  membersOf(collection: string): readonly string[] {
    const members = this.collections.get(collection);
    if (members === undefined) throw new Error(`collection ${collection} is not defined`);
    return members;
  }

  get(collection: string, key: string): Cell {
    return this.space(collection).get(key) ?? NOTHING;
  }

  range(collection: string, start: string, end: string): { key: string; value: Buffer }[] {
    const keys = [...this.space(collection).keys()].filter((key) => key >= start && key < end).sort();
    return keys.map((key) => ({ key, value: this.get(collection, key).value }));
  }

  /** Newest first, as Fabric gives it. */
  history(key: string): readonly Change[] {
    return [...(this.changes.get(key) ?? [])].reverse();
  }

  commit(transaction: string, time: Date, writes: readonly Write[]): void {
    for (const { collection, key, value } of writes) {
      this.space(collection).set(key, { value, version: transaction });
      if (collection !== "") continue;
      const timestamp = { seconds: Math.floor(time.getTime() / 1000), nanos: 0 };
      const change: Change = { txId: transaction, value, isDelete: false, timestamp };
      this.changes.set(key, [...(this.changes.get(key) ?? []), change]);
    }
  }

  /** As where a collection's `blockToLive` is over. */
  purge(collection: string, type: string): void {
    const space = this.space(collection);
    for (const key of [...space.keys()].filter((name) => name.startsWith(`\0${type}\0`))) space.delete(key);
  }

  private space(collection: string): Map<string, Cell> {
    const space = this.spaces.get(collection);
    if (space === undefined) throw new Error(`collection ${collection} is not defined`);
    return space;
  }
}
