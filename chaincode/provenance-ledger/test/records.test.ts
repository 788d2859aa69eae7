/** Records with public contents: written once, true to their payload, given back whole. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { canonical } from "../src/json";
import { ADA, Channel, GRACE, type Answer } from "./channel";
import {
  AGENT,
  Signer,
  STATEMENT_TYPE,
  digest,
  entry,
  envelope,
  image,
  imagePayload,
  statementPayload,
} from "./samples";

const STRANGER = new Signer(9);
const base64 = (data: Buffer | string): string => Buffer.from(data as string).toString("base64");

describe("CommitRecord", () => {
  test("answers place, time and document, and announces it", async () => {
    const channel = new Channel();
    const one = image(1);
    const answer = await channel.submit(ADA, "CommitRecord", [one.entry, one.contents]);
    assert.deepEqual(answer, {
      place: { transaction: answer.transaction },
      transaction: answer.transaction,
      entry: one.entry,
      owner: "Org1MSP",
      since: "2026-01-01T00:00:01Z",
      collection: "",
      envelope: [digest(one.envelope)],
      blobs: {},
    });
    const payload = canonical({ owner: "Org1MSP", record: one.record, since: answer.since });
    assert.deepEqual(channel.events, [{ name: "RecordCommitted", payload }]);
  });

  test("the same again is the same answer, from anybody, and writes nothing", async () => {
    const channel = new Channel();
    const one = image(1);
    const first = await channel.submit(ADA, "CommitRecord", [one.entry, one.contents]);
    const again = await channel.endorse(GRACE, "CommitRecord", [one.entry, one.contents]);
    assert.deepEqual([JSON.parse(again.text), again.writes, again.event], [first, [], null]);
  });

  test("contents by chunks and in the argument are the same contents", async () => {
    const channel = new Channel();
    const one = image(1);
    const first = await channel.submit(ADA, "CommitRecord", [one.entry, one.contents]);
    const byChunks = canonical({ envelope_chunks: [digest(one.envelope)] });
    assert.deepEqual(await channel.submit(ADA, "CommitRecord", [one.entry, byChunks]), first);
  });

  const one = image(1);
  const others: Record<string, readonly [string, string]> = {
    "another entry": [entry("record", { record: one.record }), one.contents],
    "hash only": [one.entry, ""],
    "other chunks": [one.entry, canonical({ envelope_chunks: [digest("other")] })],
    "a collection": [one.entry, canonical({ collection: "both", envelope_chunks: [digest(one.envelope)] })],
  };
  for (const [name, args] of Object.entries(others)) {
    test(`over a record, ${name} is a conflict`, async () => {
      const channel = new Channel();
      await channel.submit(ADA, "CommitRecord", [one.entry, one.contents]);
      await assert.rejects(channel.submit(ADA, "CommitRecord", args), /^Error: CONFLICT: /);
    });
  }

  test("of racing writers of one record exactly one is valid", async () => {
    const channel = new Channel();
    const proposals = await Promise.all(
      [ADA, GRACE, ADA, GRACE].map((person) => channel.endorse(person, "CommitRecord", [one.entry, one.contents])),
    );
    const codes = proposals.map((endorsed) => channel.commit(endorsed));
    assert.deepEqual(codes, ["VALID", "MVCC_READ_CONFLICT", "MVCC_READ_CONFLICT", "MVCC_READ_CONFLICT"]);
    const again = await channel.submit(GRACE, "CommitRecord", [one.entry, one.contents]);
    assert.equal(again.owner, "Org1MSP");
  });

  test("writers of different records do not collide", async () => {
    const channel = new Channel();
    const proposals = await Promise.all(
      [1, 2, 3].map((n) => channel.endorse(ADA, "CommitRecord", [image(n).entry, image(n).contents])),
    );
    assert.deepEqual(
      proposals.map((endorsed) => channel.commit(endorsed)),
      ["VALID", "VALID", "VALID"],
    );
  });
});

describe("what is not true is refused", () => {
  const good = image(1);
  const of = (text: string): string => canonical({ envelope: text });
  const body = { agent: AGENT.fingerprint, macro: good.macro, pixels: good.pixels, record: good.record };
  const payload = imagePayload(1);
  const agentless = imagePayload(1, [], { agent: { name: "Ada", organisation: "" } });
  const cases: Record<string, readonly [string, string, RegExp]> = {
    "another payload": [good.entry, of(image(2).envelope), /record is not that/],
    "a false signature": [good.entry, of(good.envelope.replace(/"sig":"..../, '"sig":"AAAA')), /not signed/],
    "signed by a stranger": [good.entry, of(envelope(payload, STRANGER)), /not signed/],
    "signed by a stranger under the agent's name": [
      good.entry,
      of(envelope(payload, STRANGER).replace(STRANGER.publicKey.toString("hex"), AGENT.publicKey.toString("hex"))),
      /not signed/,
    ],
    "signed by the agent under another's name": [
      good.entry,
      of(good.envelope.replace(AGENT.publicKey.toString("hex"), STRANGER.publicKey.toString("hex"))),
      /not signed/,
    ],
    "no agent's key": [good.entry, of(envelope(agentless)), /no public key/],
    "no signature": [good.entry, of(good.envelope.replace(/"signatures":.*\]/, '"signatures":[]')), /not signed/],
    "another type": [good.entry, of(envelope(payload, AGENT, STATEMENT_TYPE)), /not of the type/],
    "an unknown type": [good.entry, of(envelope(payload, AGENT, "text/plain")), /not of the type/],
    "a payload that is not canonical": [good.entry, of(envelope(JSON.stringify(payload))), /payload is not canonical/],
    "a payload with a name twice": [good.entry, of(envelope('{"a":1,"a":1}')), /payload is not canonical/],
    "a payload that is no record": [good.entry, of(envelope('{"type":"bims-record","v":2}')), /no public key/],
    "an envelope with spaces": [good.entry, of(`${good.envelope} `), /envelope is not canonical/],
    "an envelope with more": [good.entry, of(good.envelope.replace("{", '{"a":1,')), /members payload/],
    "pixels of another image": [entry("record", { ...body, pixels: digest("x") }), good.contents, /pixels is not that/],
    "macro of another record": [entry("record", { ...body, macro: digest("x") }), good.contents, /macro is not that/],
    "another agent": [entry("record", { ...body, agent: "SHA256:x" }), good.contents, /agent is not that/],
    "another subject": [entry("record", { ...body, subject: digest("x") }), good.contents, /subject is not that/],
    "a chunk that is not there": [good.entry, canonical({ envelope_chunks: [digest("x")] }), /NOT_FOUND/],
    "an envelope and chunks": [good.entry, canonical({ envelope: "", envelope_chunks: [digest("x")] }), /either/],
    neither: [good.entry, "{}", /either/],
    "no chunks": [good.entry, canonical({ envelope_chunks: [] }), /1 to 64 digests/],
    "a member that nobody knows": [good.entry, canonical({ envelope: "", x: 1 }), /have the members/],
    "contents that are not canonical": [good.entry, '{ "envelope":""}', /contents is not canonical/],
    "an envelope of a collection in the open": [
      good.entry,
      canonical({ collection: "ours", envelope: good.envelope }),
      /must not stand in an argument/,
    ],
    "blobs that the record does not name": [
      good.entry,
      canonical({ envelope: good.envelope, blobs: { [digest("x")]: [digest("x")] } }),
      /no companion/,
    ],
    "an attestation": [entry("attestation", { record: good.record, verdict: "exact" }), "", /kind record/],
  };
  for (const [name, [text, contents, message]] of Object.entries(cases)) {
    test(name, async () => {
      const { status, text: told } = await new Channel().endorse(ADA, "CommitRecord", [text, contents]);
      assert.equal(status, 500);
      assert.match(told, message);
    });
  }
});

describe("chunks", () => {
  test("a record in many chunks comes back byte for byte", async () => {
    const channel = new Channel();
    const big = image(1, [], { padding: "x".repeat(900_000) });
    const data = Buffer.from(big.envelope);
    const cuts = [data.subarray(0, 500_000), data.subarray(500_000, 1_000_000), data.subarray(1_000_000)];
    const chunks: string[] = [];
    for (const part of cuts) chunks.push((await channel.submit(ADA, "PutChunk", [base64(part)])).chunk);
    await channel.submit(ADA, "CommitRecord", [big.entry, canonical({ envelope_chunks: chunks })]);
    const { envelope: names } = await channel.evaluate<{ envelope: string[] }>(GRACE, "GetRecord", [big.record]);
    const parts = await Promise.all(names.map((name) => channel.endorse(GRACE, "GetChunk", [name, ""])));
    assert.equal(Buffer.concat(parts.map(({ text }) => Buffer.from(text, "base64"))).toString(), big.envelope);
    const shuffled = canonical({ envelope_chunks: [...chunks].reverse() });
    await assert.rejects(new Channel().submit(ADA, "CommitRecord", [big.entry, shuffled]), /NOT_FOUND/);
  });

  test("a chunk's name is its digest, and nothing else can take its place", async () => {
    const channel = new Channel();
    const { chunk } = await channel.submit(ADA, "PutChunk", [base64("one")]);
    assert.equal(chunk, digest("one"));
    const again = await channel.endorse(GRACE, "PutChunk", [base64("one")]);
    assert.deepEqual([JSON.parse(again.text), again.writes], [{ chunk }, []]);
  });

  for (const [name, text, message] of [
    ["nothing", "", /cannot be empty/],
    ["no base64", "a b", /not base64/],
    ["base64 for URLs", "-_-_", /not base64/],
    ["too much", base64(Buffer.alloc(512 * 1024 + 1)), /at most 524288 bytes/],
    ["far too much", "A".repeat(10_000_000), /at most 524288 bytes/],
  ] as const) {
    test(`${name} is no chunk`, async () => {
      assert.match((await new Channel().endorse(ADA, "PutChunk", [text])).text, message);
    });
  }

  test("the largest chunk is one", async () => {
    await new Channel().submit(ADA, "PutChunk", [base64(Buffer.alloc(512 * 1024, 1))]);
  });

  test("an unknown chunk is not found", async () => {
    assert.match((await new Channel().endorse(ADA, "GetChunk", [digest("x"), ""])).text, /^NOT_FOUND/);
  });
});

describe("blobs", () => {
  const packed = { [digest("b")]: Buffer.from("packed b"), [digest("a")]: Buffer.from("packed a, in two chunks") };
  const companion = ((): string => {
    const names = Object.keys(packed).sort();
    const sizes = Object.fromEntries(names.map((name) => [name, packed[name]?.length]));
    return digest(
      Buffer.concat([Buffer.from(`${canonical(sizes)}\0`), ...names.map((name) => packed[name] ?? Buffer.alloc(0))]),
    );
  })();
  const one = image(1, [], { blobs: { companion, inline: {} } });

  async function commit(blobs: Record<string, readonly string[]>): Promise<Answer> {
    const channel = new Channel();
    for (const part of ["packed b", "packed a", ", in two chunks", "poison"]) {
      await channel.submit(ADA, "PutChunk", [base64(part)]);
    }
    return channel.submit(ADA, "CommitRecord", [one.entry, canonical({ envelope: one.envelope, blobs })]);
  }

  const whole = { [digest("a")]: [digest("packed a"), digest(", in two chunks")], [digest("b")]: [digest("packed b")] };
  test("all of the companion file's are kept", async () => {
    assert.deepEqual((await commit(whole)).blobs, whole);
  });
  test("none are kept where they are too large", async () => {
    assert.deepEqual((await commit({})).blobs, {});
  });

  const wrong: Record<string, Record<string, readonly string[]>> = {
    "one is missing": { [digest("a")]: whole[digest("a")] ?? [] },
    "one is another": { ...whole, [digest("b")]: [digest("poison")] },
    "one stands under another name": {
      ...whole,
      [digest("c")]: whole[digest("b")] ?? [],
      [digest("b")]: [digest("packed b")],
    },
    "chunks are in another order": { ...whole, [digest("a")]: [...(whole[digest("a")] ?? [])].reverse() },
  };
  for (const [name, blobs] of Object.entries(wrong)) {
    test(`refused where ${name}`, async () => {
      await assert.rejects(commit(blobs), /not those of the record's companion/);
    });
  }
  for (const [name, blobs, message] of [
    ["a name that is no digest", { x: [digest("poison")] }, /under their digests/],
    ["too many chunks", { [digest("a")]: Array<string>(513).fill(digest("poison")) }, /1 to 512 digests/],
    ["an unknown chunk", { [digest("a")]: [digest("unknown")] }, /NOT_FOUND/],
  ] as const) {
    test(`refused: ${name}`, async () => {
      await assert.rejects(commit(blobs), message);
    });
  }
});

describe("statements of any science", () => {
  const payload = statementPayload("counts.csv");
  const record = digest(canonical(payload));
  const contents = canonical({ envelope: envelope(payload, AGENT, STATEMENT_TYPE) });
  const text = entry("record", { agent: AGENT.fingerprint, record, subject: digest("counts.csv") });
  test("are kept and found by their subject", async () => {
    const channel = new Channel();
    await channel.submit(ADA, "CommitRecord", [text, contents]);
    const found = await channel.evaluate<{ entry: string }[]>(GRACE, "FindBySubject", [digest("counts.csv")]);
    assert.deepEqual(
      found.map((stored) => stored.entry),
      [text],
    );
  });
});

test("GetRecord of an unknown record is not found", async () => {
  const { text } = await new Channel().endorse(ADA, "GetRecord", [digest("x")]);
  assert.match(text, /^NOT_FOUND/);
});
