/** `World`: the channel's state as one transaction sees it, and who asks. */

import type { Context } from "fabric-contract-api";
import type { ChaincodeStub } from "fabric-shim-api";

import { sha256 } from "./digest";
import { canonical } from "./json";

/** An entry as the channel keeps it. */
export interface Stored {
  readonly entry: string;
  /** MSP of the organisation that brought it first. */
  readonly owner: string;
  readonly since: string;
  readonly transaction: string;
}

export class World {
  readonly stub: ChaincodeStub;
  readonly msp: string;

  constructor(private readonly context: Context) {
    this.stub = context.stub;
    this.msp = context.clientIdentity.getMSPID();
  }

  /** Who asks, the same for a renewed certificate: a hash, because the names in certificates are personal. */
  get person(): string {
    return sha256(this.msp, "\n", this.context.clientIdentity.getID()).toString("hex");
  }

  /** The transaction's own time: every endorser must come to the same bytes, so there is no other clock. */
  get since(): string {
    return `${this.stub.getDateTimestamp().toISOString().slice(0, 19)}Z`;
  }

  /** What every stored document says of its origin. */
  get origin(): Omit<Stored, "entry"> {
    return { owner: this.msp, since: this.since, transaction: this.stub.getTxID() };
  }

  key(type: string, ...attributes: string[]): string {
    return this.stub.createCompositeKey(type, attributes);
  }

  async read<T>(key: string): Promise<T | null> {
    const data = await this.stub.getState(key);
    return data.length === 0 ? null : (JSON.parse(Buffer.from(data).toString()) as T);
  }

  async has(key: string): Promise<boolean> {
    return (await this.stub.getState(key)).length > 0;
  }

  async write(key: string, document: object): Promise<void> {
    await this.stub.putState(key, Buffer.from(canonical(document)));
  }

  announce(event: string, document: object): void {
    this.stub.setEvent(event, Buffer.from(canonical(document)));
  }
}

/** What a write answers, the first time and every time again. */
export function answer(document: { readonly transaction: string }): string {
  return canonical({ ...document, place: { transaction: document.transaction } });
}
