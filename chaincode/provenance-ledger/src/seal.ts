/**
 * Seals: what members of a collection vouch for when they endorse a private record.
 *
 * A seal is private data under the record's digest, and a function of the public document alone. Its hash is on the
 * chain, so every organisation can see that those who may read the contents found them to be this record's. It names
 * the owner: nobody else can commit in their own name what an organisation prepared.
 */

import type { Collection } from "./collection";
import type { Contents } from "./contents";
import { sha256 } from "./digest";
import type { Entry } from "./entry";
import { canonical } from "./json";

type RecordEntry = Entry & { readonly record: string };

export class Seal {
  private readonly key: string;

  constructor(
    private readonly collection: Collection,
    private readonly entry: RecordEntry,
  ) {
    this.key = collection.world.key("seal", entry.record);
  }

  async write(contents: Contents): Promise<void> {
    return this.collection.write(this.key, Buffer.from(this.of(contents)));
  }

  /** Whether these contents were vouched for; null where no contents of this record were. */
  async covers(contents: Contents): Promise<boolean | null> {
    const hash = await this.collection.hash(this.key);
    return hash.length === 0 ? null : hash.equals(sha256(this.of(contents)));
  }

  private of({ envelope, blobs }: Contents): string {
    return canonical({ blobs, entry: this.entry.text, envelope, owner: this.collection.world.msp });
  }
}
