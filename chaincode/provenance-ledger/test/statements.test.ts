/** What is said about records: attestations, successors, retractions, and their history. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { canonical } from "../src/json";
import { ADA, Channel, GRACE, type Answer, type Person } from "./channel";
import { digest, entry, image } from "./samples";

const AUDITOR: Person = { msp: "Org2MSP", name: "auditor" };
const [a, b, c] = [image(1), image(2), image(3)];
const exact = entry("attestation", { record: a.record, verdict: "exact" });
const retraction = entry("retract", { reason: "wrong slide", record: a.record });
const by = (record: string, successor: string, more: object = {}): string =>
  entry("supersede", { ...more, by: successor, record });

/** Two records of the first organisation, one of the second. */
async function channelOf(): Promise<Channel> {
  const channel = new Channel();
  await channel.submit(ADA, "CommitRecord", [a.entry, a.contents]);
  await channel.submit(ADA, "CommitRecord", [b.entry, ""]);
  await channel.submit(GRACE, "CommitRecord", [c.entry, ""]);
  return channel;
}

const CALLS: readonly (readonly [string, string, string])[] = [
  ["Attest", exact, "Attested"],
  ["Retract", retraction, "Retracted"],
  ["Supersede", by(a.record, b.record), "Superseded"],
];

for (const [name, text, event] of CALLS) {
  describe(name, () => {
    test("answers place, time and document, and announces it", async () => {
      const channel = await channelOf();
      const answer = await channel.submit(ADA, name, [text]);
      const { transaction } = answer;
      const since = "2026-01-01T00:00:04Z";
      assert.deepEqual(answer, { entry: text, owner: "Org1MSP", place: { transaction }, since, transaction });
      assert.equal(channel.events.at(-1)?.name, event);
      assert.match(channel.events.at(-1)?.payload ?? "", new RegExp(`"record":"${a.record}"`));
    });

    test("the same again is the same answer", async () => {
      const channel = await channelOf();
      const first = await channel.submit(ADA, name, [text]);
      const again = await channel.endorse(ADA, name, [text]);
      assert.deepEqual([JSON.parse(again.text), again.writes, again.event], [first, [], null]);
    });

    test("of an unknown record is not found", async () => {
      await assert.rejects(new Channel().submit(ADA, name, [text]), /NOT_FOUND/);
    });

    for (const other of [a.entry, exact, retraction, by(a.record, b.record)].filter(
      (candidate) => candidate !== text,
    )) {
      test(`takes no ${other.slice(-25)}`, async () => {
        await assert.rejects((await channelOf()).submit(ADA, name, [other]), /INVALID: This function takes/);
      });
    }
  });
}

describe("attestations", () => {
  test("of one record by different people at one moment do not collide", async () => {
    const channel = await channelOf();
    const people = [ADA, GRACE, AUDITOR, { msp: "Org1MSP", name: "auditor" }];
    const proposals = await Promise.all(people.map((person) => channel.endorse(person, "Attest", [exact])));
    assert.deepEqual(
      proposals.map((endorsed) => channel.commit(endorsed)),
      ["VALID", "VALID", "VALID", "VALID"],
    );
    const search = canonical({ kind: "attestation", record: a.record });
    const { entries } = await channel.evaluate<{ entries: { owner: string }[] }>(ADA, "Query", [search, "10", ""]);
    assert.deepEqual(entries.map(({ owner }) => owner).sort(), ["Org1MSP", "Org1MSP", "Org2MSP", "Org2MSP"]);
  });

  test("with different verdicts by one person stand side by side", async () => {
    const channel = await channelOf();
    await channel.submit(ADA, "Attest", [exact]);
    await channel.submit(ADA, "Attest", [entry("attestation", { record: a.record, verdict: "different" })]);
    const search = canonical({ kind: "attestation", record: a.record });
    const { entries } = await channel.evaluate<{ entries: object[] }>(ADA, "Query", [search, "10", ""]);
    assert.equal(entries.length, 2);
  });
});

describe("withdrawals", () => {
  for (const [name, text] of CALLS.slice(1)) {
    test(`${name} is the owner's alone`, async () => {
      const channel = await channelOf();
      await assert.rejects(channel.submit(GRACE, name, [text]), /FORBIDDEN: This record is Org1MSP's/);
      await channel.submit(ADA, name, [text]);
      await assert.rejects(channel.submit(GRACE, name, [text]), /FORBIDDEN/);
    });
  }

  test("another retraction is a conflict", async () => {
    const channel = await channelOf();
    await channel.submit(ADA, "Retract", [retraction]);
    await assert.rejects(channel.submit(ADA, "Retract", [entry("retract", { record: a.record })]), /CONFLICT/);
  });

  test("another successor is a conflict", async () => {
    const channel = await channelOf();
    await channel.submit(ADA, "Supersede", [by(a.record, b.record)]);
    await assert.rejects(channel.submit(ADA, "Supersede", [by(a.record, c.record)]), /CONFLICT/);
  });

  test("a successor must be there", async () => {
    await assert.rejects((await channelOf()).submit(ADA, "Supersede", [by(a.record, digest("x"))]), /NOT_FOUND/);
  });

  test("GetRecord tells of them", async () => {
    const channel = await channelOf();
    const before = await channel.evaluate(GRACE, "GetRecord", [a.record]);
    assert.deepEqual([before.retracted, before.superseded], [null, null]);
    const retracted = await channel.submit(ADA, "Retract", [retraction]);
    const superseded = await channel.submit(ADA, "Supersede", [by(a.record, b.record)]);
    const after = await channel.evaluate(GRACE, "GetRecord", [a.record]);
    const told = ({ entry: text, since, transaction }: Answer): object => ({
      entry: text,
      since,
      transaction,
    });
    assert.deepEqual([after.retracted, after.superseded], [told(retracted), told(superseded)]);
  });
});

describe("successors never go in a circle", () => {
  test("of one", async () => {
    await assert.rejects(
      (await channelOf()).submit(ADA, "Supersede", [by(a.record, a.record)]),
      /INVALID: A record cannot/,
    );
  });

  test("of three", async () => {
    const channel = await channelOf();
    await channel.submit(ADA, "Supersede", [by(a.record, b.record)]);
    await channel.submit(ADA, "Supersede", [by(b.record, c.record)]);
    await assert.rejects(channel.submit(GRACE, "Supersede", [by(c.record, a.record)]), /INVALID: A record cannot/);
  });

  test("of two that race", async () => {
    const channel = await channelOf();
    const halves = [
      await channel.endorse(ADA, "Supersede", [by(a.record, b.record)]),
      await channel.endorse(ADA, "Supersede", [by(b.record, a.record)]),
    ];
    assert.deepEqual(
      halves.map((endorsed) => channel.commit(endorsed)),
      ["VALID", "MVCC_READ_CONFLICT"],
    );
  });
});

test("the history of a record is all that was said of it, oldest first", async () => {
  const channel = await channelOf();
  const steps = [
    await channel.submit(ADA, "Attest", [exact]),
    await channel.submit(AUDITOR, "Attest", [exact]),
    await channel.submit(ADA, "Supersede", [by(a.record, b.record)]),
    await channel.submit(ADA, "Retract", [retraction]),
  ];
  const told = await channel.evaluate<Change[]>(AUDITOR, "History", [a.record]);
  assert.deepEqual(
    told.slice(1).map(({ transaction }) => transaction),
    steps.map(({ transaction }) => transaction),
  );
  assert.equal(told[0]?.value.entry, a.entry);
  assert.deepEqual(
    told.map(({ since }) => since),
    told.map(({ since }) => since).sort(),
  );
  await assert.rejects(channel.evaluate(ADA, "History", [digest("x")]), /NOT_FOUND/);
});

interface Change {
  readonly transaction: string;
  readonly since: string;
  readonly value: { readonly entry: string };
}
