/** Lineage: both ways, through stated parents and through equal data. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ADA, Channel, GRACE } from "./channel";
import { digest, image, type Sample } from "./samples";

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly through: string;
}

interface Lineage {
  readonly nodes: readonly { record: string; subjects: string[]; owner: string; since: string; known: boolean }[];
  readonly edges: readonly Edge[];
  readonly truncated: boolean;
}

const raw = digest("raw");
const a = image(1, [{ digest: raw }]);
const b = image(2, [{ digest: a.pixels, parent: a.record }]);
const c = image(3, [{ digest: a.pixels }, { digest: b.pixels, parent: b.record }]);

async function channelOf(samples: readonly Sample[]): Promise<Channel> {
  const channel = new Channel();
  for (const sample of samples) await channel.submit(ADA, "CommitRecord", [sample.entry, sample.contents]);
  return channel;
}

async function walk(channel: Channel, sample: Sample, direction: string, depth = 9): Promise<Lineage> {
  return channel.evaluate<Lineage>(GRACE, "Lineage", [sample.record, direction, String(depth)]);
}

const edge = (from: Sample | "", to: Sample, through: string): Edge => ({
  from: from && from.record,
  through,
  to: to.record,
});
const names = (found: Lineage): string[] => found.nodes.map(({ record }) => record);

describe("up", () => {
  test("reaches the raw data by stated parents and by equal data", async () => {
    const found = await walk(await channelOf([a, b, c]), c, "up");
    assert.deepEqual(names(found), [c.record, a.record, b.record]);
    assert.deepEqual(found.edges, [edge(a, c, a.pixels), edge(b, c, b.pixels), edge("", a, raw), edge(a, b, a.pixels)]);
    assert.equal(found.truncated, false);
  });

  test("names a parent that the ledger does not hold", async () => {
    const found = await walk(await channelOf([b]), b, "up");
    assert.deepEqual(found.nodes[1], { known: false, owner: "", record: a.record, since: "", subjects: [] });
    assert.deepEqual(found.edges, [edge(a, b, a.pixels)]);
  });

  test("names every record of the same data where none is stated", async () => {
    const twin = image(1, [{ digest: raw }], { note: "saved again" });
    const found = await walk(await channelOf([a, twin, b, c]), c, "up", 1);
    assert.deepEqual(found.edges.slice(0, 2), [edge(a, c, a.pixels), edge(twin, c, a.pixels)]);
  });
});

describe("down", () => {
  test("reaches everything that was made of a record", async () => {
    const found = await walk(await channelOf([a, b, c]), a, "down");
    assert.deepEqual(names(found), [a.record, b.record, c.record]);
    assert.deepEqual(new Set(found.edges), new Set([edge(a, b, a.pixels), edge(a, c, a.pixels), edge(b, c, b.pixels)]));
  });

  test("leaves out those who state another parent", async () => {
    const twin = image(1, [], { note: "the same pixels" });
    assert.deepEqual(names(await walk(await channelOf([a, twin, b]), twin, "down")), [twin.record]);
  });

  test("goes on from a record that is known by its hash alone", async () => {
    const channel = new Channel();
    await channel.submit(ADA, "CommitRecord", [a.entry, ""]);
    await channel.submit(ADA, "CommitRecord", [c.entry, c.contents]);
    assert.deepEqual((await walk(channel, a, "down")).edges, [edge(a, c, a.pixels)]);
  });
});

describe("bounds", () => {
  const chain = (length: number): Sample[] => {
    const samples = [image(0)];
    for (let n = 1; n < length; n += 1) {
      const last = samples.at(-1);
      samples.push(image(n, [{ digest: last?.pixels ?? "", parent: last?.record ?? null }]));
    }
    return samples;
  };

  test("depth is kept, and told where something lies beyond", async () => {
    const samples = chain(4);
    const channel = await channelOf(samples);
    const [first, , , last] = samples as [Sample, Sample, Sample, Sample];
    for (const [depth, count, truncated] of [
      [1, 2, true],
      [2, 3, true],
      [3, 4, false],
      [9, 4, false],
    ] as const) {
      for (const [sample, direction] of [
        [first, "down"],
        [last, "up"],
      ] as const) {
        const found = await walk(channel, sample, direction, depth);
        assert.deepEqual([found.nodes.length, found.truncated], [count, truncated], `${direction} ${String(depth)}`);
      }
    }
  });

  test("a record of equal input and output is no circle", async () => {
    const same = image(1, [{ digest: image(1).pixels }]);
    const channel = await channelOf([same, image(1)]);
    assert.deepEqual(names(await walk(channel, same, "up")), [same.record, image(1).record]);
    assert.deepEqual(names(await walk(channel, image(1), "down")), [image(1).record, same.record]);
  });

  test("a circle of equal data ends", async () => {
    const one = image(1, [{ digest: image(2).pixels }]);
    const two = image(2, [{ digest: image(1).pixels }]);
    const channel = await channelOf([one, two]);
    for (const direction of ["up", "down"]) {
      const found = await walk(channel, one, direction);
      assert.deepEqual([found.nodes.length, found.edges.length, found.truncated], [2, 2, false]);
    }
  });

  test("more neighbours than are shown are told", async () => {
    const samples = Array.from({ length: 202 }, (_, n) => image(n + 10, [{ digest: raw }]));
    const channel = await channelOf([image(1, [], { image: { pixels: raw } }), ...samples].slice(1));
    const root = image(1, [], { image: { pixels: raw } });
    const { entry, record } = { entry: root.entry.replace(root.pixels, raw), record: root.record };
    await channel.submit(ADA, "CommitRecord", [entry, root.contents]);
    const found = await channel.evaluate<Lineage>(GRACE, "Lineage", [record, "down", "1"]);
    assert.deepEqual([found.nodes.length, found.truncated], [201, true]);
  });

  for (const [direction, depth, message] of [
    ["sideways", "1", /up or down/],
    ["up", "0", /from 1 to 64/],
    ["up", "65", /from 1 to 64/],
    ["up", "-1", /from 1 to 64/],
    ["up", "1e1", /from 1 to 64/],
  ] as const) {
    test(`${direction} ${depth} is refused`, async () => {
      assert.match((await (await channelOf([a])).endorse(ADA, "Lineage", [a.record, direction, depth])).text, message);
    });
  }

  test("an unknown record is not found", async () => {
    assert.match((await new Channel().endorse(ADA, "Lineage", [raw, "up", "1"])).text, /^NOT_FOUND/);
  });
});
