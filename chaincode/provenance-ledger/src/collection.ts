/** `Collection`: private data that only some organisations hold; the others see hashes. */

import { Refusal, invalid } from "./refusal";
import type { World } from "./world";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/;

export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
}

export class Collection {
  constructor(
    readonly world: World,
    readonly name: string,
  ) {
    if (!NAME.test(name)) throw invalid("This cannot be the name of a collection.");
  }

  async read(key: string): Promise<Buffer> {
    return this.asked(async () => Buffer.from(await this.world.stub.getPrivateData(this.name, key)));
  }

  /** SHA-256 of a value, empty where there is none: any organisation can tell, also those that may not read it. */
  async hash(key: string): Promise<Buffer> {
    return this.asked(async () => Buffer.from(await this.world.stub.getPrivateDataHash(this.name, key)));
  }

  async write(key: string, value: Uint8Array): Promise<void> {
    return this.asked(() => this.world.stub.putPrivateData(this.name, key, value));
  }

  /** At most `count` values, in the order of their keys. */
  async range(start: string, end: string, count: number): Promise<KeyValue[]> {
    return this.asked(async () => {
      const found: KeyValue[] = [];
      for await (const row of this.world.stub.getPrivateDataByRange(this.name, start, end)) {
        if (found.push(row) === count) break;
      }
      return found;
    });
  }

  /** The peer says in its own words why it does not answer: not a member, not delivered to it yet, no such collection. */
  private async asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const code = error.message.includes("access permission") ? "FORBIDDEN" : "NOT_FOUND";
      throw new Refusal(code, `The collection ${this.name} is not to be had here: ${error.message}`);
    }
  }
}
