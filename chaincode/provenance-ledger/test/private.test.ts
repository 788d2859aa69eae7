/** Private records: read by members alone, checked by everybody as far as hashes go. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { canonical } from "../src/json";
import { ADA, Channel, GRACE, type Endorsed, type Transient } from "./channel";
import { digest, entry, image } from "./samples";

const OURS = ["Org1MSP"];
const one = image(1);
const contents = (chunks: readonly string[], more: object = {}): string =>
  canonical({ collection: "ours", envelope_chunks: chunks, ...more });

/** A channel whose first organisation put the private part of a record; the chunks of its envelope. */
async function prepared(): Promise<{ channel: Channel; chunks: readonly string[] }> {
  const channel = new Channel();
  const answer = await channel.submit(ADA, "PutPrivateRecord", [one.entry, "ours"], { envelope: one.envelope }, OURS);
  return { channel, chunks: answer.envelope_chunks };
}

describe("a private record", () => {
  test("is kept in two steps, the second endorsed by every organisation", async () => {
    const { channel, chunks } = await prepared();
    assert.deepEqual(chunks, [digest(one.envelope)]);
    const answer = await channel.submit(ADA, "CommitRecord", [one.entry, contents(chunks)]);
    assert.deepEqual([answer.collection, answer.envelope, answer.owner], ["ours", chunks, "Org1MSP"]);
    const again = await channel.endorse(GRACE, "CommitRecord", [one.entry, contents(chunks)]);
    assert.deepEqual([JSON.parse(again.text), again.writes], [answer, []]);
  });

  test("writes nothing public in its private step", async () => {
    const endorsed = await new Channel().endorse(
      ADA,
      "PutPrivateRecord",
      [one.entry, "ours"],
      { envelope: one.envelope },
      OURS,
    );
    assert.ok(endorsed.writes.length > 0);
    assert.deepEqual(
      endorsed.writes.filter(({ collection }) => collection !== "ours"),
      [],
    );
    assert.equal(endorsed.event, null);
  });

  test("leaves no searchable fact of its payload in the open", async () => {
    const { channel, chunks } = await prepared();
    const endorsed = await channel.endorse(ADA, "CommitRecord", [one.entry, contents(chunks)]);
    assert.ok(!JSON.stringify(endorsed.writes.map(({ key }) => key)).includes(digest("median").slice(7)));
    channel.commit(endorsed);
    const search = canonical({ operation: "median" });
    assert.deepEqual(await channel.evaluate(ADA, "Query", [search, "10", ""]), { bookmark: "", entries: [] });
    assert.deepEqual(await channel.evaluate(GRACE, "Lineage", [one.record, "up", "2"]), {
      edges: [],
      nodes: [
        { known: true, owner: "Org1MSP", record: one.record, since: "2026-01-01T00:00:02Z", subjects: [one.pixels] },
      ],
      truncated: false,
    });
  });

  test("puts no guessable hash on the chain: not of an operation, not of a fact", async () => {
    const { writes } = await new Channel().endorse(
      ADA,
      "PutPrivateRecord",
      [one.entry, "ours"],
      { envelope: one.envelope },
      OURS,
    );
    assert.deepEqual(writes.map(({ key }) => key.split("\0")[1]).sort(), ["chunk", "private", "seal"]);
    const row = JSON.parse(writes.find(({ key }) => key.startsWith("\0private"))?.value.toString() ?? "") as {
      salt: string;
    };
    assert.match(row.salt, /^[0-9a-f]{64}$/);
  });

  test("is read by members only", async () => {
    const { channel, chunks } = await prepared();
    const { text } = await channel.endorse(ADA, "GetChunk", [chunks[0] ?? "", "ours"], {}, OURS);
    assert.equal(Buffer.from(text, "base64").toString(), one.envelope);
    const reads: [string, string[]][] = [
      ["GetChunk", [chunks[0] ?? "", "ours"]],
      ["Query", [canonical({ collection: "ours" }), "1", ""]],
    ];
    for (const [name, args] of reads) {
      const other = await channel.endorse(GRACE, name, args, {}, ["Org2MSP"]);
      assert.match(other.text, /^FORBIDDEN: The collection ours is not to be had here: .*access permission/);
      const elsewhere = await channel.endorse(ADA, name, args, {}, ["Org2MSP"]);
      assert.match(elsewhere.text, /^NOT_FOUND: The collection ours is not to be had here: .*not available/);
    }
  });

  test("is found by members, page by page, once its public part is there", async () => {
    const channel = new Channel();
    for (const number of [1, 2, 3, 5]) {
      const { entry: text, envelope } = image(number);
      const { envelope_chunks } = await channel.submit(ADA, "PutPrivateRecord", [text, "ours"], { envelope }, OURS);
      if (number !== 3) await channel.submit(ADA, "CommitRecord", [text, contents(envelope_chunks)]);
    }
    const search = canonical({ collection: "ours", operation: "median" });
    const first = await channel.evaluate<Page>(ADA, "Query", [search, "1", ""]);
    assert.deepEqual(
      first.entries.map((stored) => stored.entry),
      [image(1).entry],
    );
    const rest = await channel.evaluate<Page>(ADA, "Query", [search, "9", first.bookmark]);
    assert.deepEqual(
      rest.entries.map((stored) => stored.entry),
      [image(5).entry],
    );
    // the second was put at 3 s and committed at 4 s: the commit is its time
    for (const [since, until, found] of [
      [3, 5, [image(2).entry]],
      [4, 5, [image(2).entry]],
      [3, 4, []],
    ] as const) {
      const bounds = { since: `2026-01-01T00:00:0${String(since)}Z`, until: `2026-01-01T00:00:0${String(until)}Z` };
      const between = await channel.evaluate<Page>(ADA, "Query", [
        canonical({ collection: "ours", ...bounds }),
        "9",
        "",
      ]);
      assert.deepEqual(
        between.entries.map((stored) => stored.entry),
        found,
      );
    }
  });

  test("put again is the same answer", async () => {
    const { channel, chunks } = await prepared();
    const again = await channel.endorse(ADA, "PutPrivateRecord", [one.entry, "ours"], { envelope: one.envelope }, OURS);
    assert.deepEqual([JSON.parse(again.text), again.writes], [{ envelope_chunks: chunks }, []]);
  });

  test("is not committed by another organisation in its own name", async () => {
    const channel = new Channel();
    await channel.submit(ADA, "PutPrivateRecord", [one.entry, "both"], { envelope: one.envelope });
    const told = canonical({ collection: "both", envelope_chunks: [digest(one.envelope)] });
    await assert.rejects(channel.submit(GRACE, "CommitRecord", [one.entry, told]), /NOT_FOUND.*of Org2MSP/);
    const { owner } = await channel.submit(ADA, "CommitRecord", [one.entry, told]);
    assert.equal(owner, "Org1MSP");
  });

  test("is not replaced by another entry of the same record", async () => {
    const { channel } = await prepared();
    const other = entry("record", { record: one.record });
    const again = await channel.endorse(ADA, "PutPrivateRecord", [other, "ours"], { envelope: one.envelope }, OURS);
    assert.match(again.text, /^CONFLICT/);
  });
});

interface Page {
  readonly entries: readonly { entry: string }[];
  readonly bookmark: string;
}

describe("the public step is refused", () => {
  const cases: Record<string, readonly [string, string, RegExp]> = {
    "for an entry that was not vouched for": [
      entry("record", { record: one.record }),
      contents([digest(one.envelope)]),
      /NOT_FOUND/,
    ],
    "for another record": [image(2).entry, contents([digest(one.envelope)]), /NOT_FOUND/],
    "for chunks that are not there": [one.entry, contents([digest("x")]), /NOT_FOUND/],
    "for a chunk more": [one.entry, contents([digest(one.envelope), digest("x")]), /NOT_FOUND/],
    "for blobs that nobody vouched for": [
      one.entry,
      contents([digest(one.envelope)], { blobs: { [digest("x")]: [digest("x")] } }),
      /NOT_FOUND/,
    ],
    "for an unknown collection": [
      one.entry,
      canonical({ collection: "unknown", envelope_chunks: [digest("x")] }),
      /NOT_FOUND: The collection unknown is not to be had/,
    ],
    "for an impossible collection": [
      one.entry,
      canonical({ collection: "../x", envelope_chunks: [digest("x")] }),
      /cannot be the name/,
    ],
  };
  for (const [name, [text, told, message]] of Object.entries(cases)) {
    test(name, async () => {
      const { channel } = await prepared();
      assert.match((await channel.endorse(ADA, "CommitRecord", [text, told])).text, message);
    });
  }
});

test("the public step is refused where the chunks are gone again", async () => {
  const { channel, chunks } = await prepared();
  channel.state.purge("ours", "chunk");
  await assert.rejects(channel.submit(ADA, "CommitRecord", [one.entry, contents(chunks)]), /NOT_FOUND.*hold the chunk/);
});

describe("the private step is refused", () => {
  const put = (text: string, transient: Transient, collection = "ours"): Promise<Endorsed> =>
    new Channel().endorse(ADA, "PutPrivateRecord", [text, collection], transient, OURS);
  const cases: Record<string, readonly [Promise<Endorsed>, RegExp]> = {
    "without an envelope": [put(one.entry, {}), /transient field envelope is missing/],
    "with the envelope of another": [put(one.entry, { envelope: image(2).envelope }), /record is not that/],
    "with a false signature": [
      put(one.entry, { envelope: one.envelope.replace(/"sig":"..../, '"sig":"AAAA') }),
      /not signed/,
    ],
    "with bytes that are no text": [
      put(one.entry, { envelope: Buffer.from(one.envelope.replace('"sig"', '"a":"\u00ff","sig"'), "latin1") }),
      /envelope is not UTF-8/,
    ],
    "with blobs that it does not name": [
      put(one.entry, { envelope: one.envelope, blobs: canonical({ [digest("x")]: [digest("x")] }) }),
      /no companion/,
    ],
    "beyond 8 MiB": [put(one.entry, { envelope: "x".repeat(8 * 1024 * 1024 + 1) }), /exceeds 8388608 bytes/],
    "without a collection": [put(one.entry, { envelope: one.envelope }, ""), /cannot be the name/],
  };
  for (const [name, [answer, message]] of Object.entries(cases)) {
    test(name, async () => {
      assert.match((await answer).text, message);
    });
  }
});

describe("private blobs", () => {
  const packed = "packed bytes";
  const companion = digest(Buffer.from(`${canonical({ [digest("a")]: packed.length })}\0${packed}`));
  const with_ = image(1, [], { blobs: { companion, inline: {} } });
  const blobs = { [digest("a")]: [digest(packed)] };

  test("are vouched for with the record", async () => {
    const channel = new Channel();
    const { chunk } = await channel.submit(ADA, "PutPrivateChunk", ["ours"], { chunk: packed }, OURS);
    assert.equal(chunk, digest(packed));
    const transient = { envelope: with_.envelope, blobs: canonical(blobs) };
    const { envelope_chunks } = await channel.submit(ADA, "PutPrivateRecord", [with_.entry, "ours"], transient, OURS);
    const answer = await channel.submit(ADA, "CommitRecord", [with_.entry, contents(envelope_chunks, { blobs })]);
    assert.deepEqual(answer.blobs, blobs);
  });

  test("are refused before they were put", async () => {
    const transient = { envelope: with_.envelope, blobs: canonical(blobs) };
    const { text } = await new Channel().endorse(ADA, "PutPrivateRecord", [with_.entry, "ours"], transient, OURS);
    assert.match(text, /^NOT_FOUND/);
  });

  test("cannot be empty", async () => {
    const { text } = await new Channel().endorse(ADA, "PutPrivateChunk", ["ours"], { chunk: "" }, OURS);
    assert.match(text, /cannot be empty/);
  });
});
