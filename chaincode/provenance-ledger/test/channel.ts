/** `Channel`: two organisations whose peers run the chaincode in memory, as the shim runs it. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { JSONSerializer } from "fabric-contract-api";
import type { ChaincodeStub } from "fabric-shim-api";
import ChaincodeFromContract from "fabric-shim/lib/contract-spi/chaincodefromcontract";

import { contracts } from "../src";
import { Simulation, type Proposal, type Write } from "./simulation";
import { State } from "./state";

const CERTIFICATES = join(__dirname, "../../test/certificates");
const ORGANISATIONS = ["Org1MSP", "Org2MSP"];

export interface Person {
  readonly msp: string;
  readonly name: string;
}

export const ADA: Person = { msp: "Org1MSP", name: "writer" };
export const GRACE: Person = { msp: "Org2MSP", name: "writer_by_unit" };

export type Transient = Readonly<Record<string, string | Uint8Array>>;

/** A proposal's answer, the same bytes from every peer that was asked. */
export interface Endorsed {
  readonly transaction: string;
  readonly time: Date;
  readonly status: number;
  readonly text: string;
  readonly reads: Simulation["reads"];
  readonly writes: readonly Write[];
  readonly event: Simulation["event"];
}

export class Channel {
  readonly state = new State(
    new Map([
      ["ours", ["Org1MSP"]],
      ["both", ORGANISATIONS],
    ]),
  );
  readonly events: NonNullable<Simulation["event"]>[] = [];
  private readonly chaincode = new ChaincodeFromContract([...contracts], {
    transaction: "json",
    serializers: { json: JSONSerializer },
  });
  private count = 0;

  /** Proposes at the peers of `peers`, which must all come to the same answer, reads and writes, in the same order. */
  async endorse(
    person: Person,
    name: string,
    args: readonly (string | Buffer)[],
    transient: Transient = {},
    peers: readonly string[] = ORGANISATIONS,
  ): Promise<Endorsed> {
    const proposal = this.proposal(person, [name, ...args], transient);
    const answers: Endorsed[] = [];
    for (const peer of peers) answers.push(await this.simulate(proposal, peer));
    const [first, ...others] = answers;
    assert.ok(first);
    for (const other of others) assert.deepEqual(other, first);
    return first;
  }

  /** The validation code; what is not valid changes nothing. */
  commit(endorsed: Endorsed): "VALID" | "MVCC_READ_CONFLICT" {
    const isStale = endorsed.reads.some(
      ({ collection, key, version }) => this.state.get(collection, key).version !== version,
    );
    if (isStale) return "MVCC_READ_CONFLICT";
    this.state.commit(endorsed.transaction, endorsed.time, endorsed.writes);
    if (endorsed.event !== null) this.events.push(endorsed.event);
    return "VALID";
  }

  /** Endorsed and committed: the answer as JSON, or the refusal thrown. */
  async submit<T = Answer>(
    person: Person,
    name: string,
    args: readonly (string | Buffer)[],
    transient: Transient = {},
    peers: readonly string[] = ORGANISATIONS,
  ): Promise<T> {
    const endorsed = await this.endorse(person, name, args, transient, peers);
    if (endorsed.status !== 200) throw new Error(endorsed.text);
    assert.equal(this.commit(endorsed), "VALID");
    return JSON.parse(endorsed.text) as T;
  }

  /** Asked of the person's own peer. */
  async evaluate<T = Answer>(person: Person, name: string, args: readonly string[]): Promise<T> {
    const { status, text, writes } = await this.endorse(person, name, args, {}, [person.msp]);
    if (status !== 200) throw new Error(text);
    assert.deepEqual(writes, []);
    return JSON.parse(text) as T;
  }

  private proposal(person: Person, args: readonly (string | Buffer)[], transient: Transient): Proposal {
    this.count += 1;
    return {
      args: args.map((arg) => Buffer.from(arg as string)),
      msp: person.msp,
      certificate: readFileSync(join(CERTIFICATES, `${person.name}.pem`)),
      transaction: createHash("sha256").update(String(this.count)).digest("hex"),
      time: new Date(Date.UTC(2026, 0, 1, 0, 0, this.count, 999)),
      transient: new Map(Object.entries(transient).map(([name, value]) => [name, Buffer.from(value as string)])),
    };
  }

  private async simulate(proposal: Proposal, peer: string): Promise<Endorsed> {
    const simulation = new Simulation(this.state, peer, proposal);
    const { status, message, payload } = await this.chaincode.Invoke(simulation as unknown as ChaincodeStub);
    const text = status === 200 ? Buffer.from(payload ?? []).toString() : (message ?? "");
    const { reads, writes, event } = simulation;
    return { transaction: proposal.transaction, time: proposal.time, status, text, reads, writes, event };
  }
}

/** The members of all answers; a test asks for those alone that its function gives. */
export interface Answer {
  readonly transaction: string;
  readonly owner: string;
  readonly since: string;
  readonly key: string;
  readonly root: string;
  readonly collection: string;
  readonly envelope: readonly string[];
  readonly blobs: Readonly<Record<string, readonly string[]>>;
  readonly chunk: string;
  readonly envelope_chunks: readonly string[];
  readonly entry: string;
  readonly retracted: object | null;
  readonly superseded: object | null;
}
