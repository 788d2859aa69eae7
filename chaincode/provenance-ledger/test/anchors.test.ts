/** Anchors: a log's checkpoints only ever continue one another, under the log's key and its owner. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { canonical } from "../src/json";
import { ADA, Channel, GRACE } from "./channel";
import { Log, Signer } from "./samples";

const [FIRST, SECOND, STRANGER] = [new Signer(1), new Signer(2), new Signer(3)];
const log = Log.of("lab/1", 12);
const fork = new Log("lab/1", [...log.leaves.slice(0, 2), ...Log.of("x", 10, "fork").leaves]);
const base64 = (size: number): string => canonical([Buffer.alloc(size).toString("base64")]);

async function anchored(size: number): Promise<Channel> {
  const channel = new Channel();
  await channel.submit(ADA, "Anchor", [log.note(size, FIRST), log.key(FIRST), "[]"]);
  return channel;
}

const grow = (from: number, to: number, ...signers: Signer[]): [string, string, string] => [
  log.note(to, ...(signers.length > 0 ? signers : [FIRST])),
  log.key(signers.at(-1) ?? FIRST),
  log.proof(from, to),
];

describe("an anchor", () => {
  test("answers place, time and document, and announces it", async () => {
    const channel = new Channel();
    const answer = await channel.submit(ADA, "Anchor", [log.note(3, FIRST), log.key(FIRST), "[]"]);
    const { transaction, root } = answer;
    const since = "2026-01-01T00:00:01Z";
    const stored = {
      key: log.key(FIRST),
      note: log.note(3, FIRST),
      origin: "lab/1",
      owner: "Org1MSP",
      root,
      since,
      size: 3,
      transaction,
    };
    assert.deepEqual(answer, { ...stored, place: { transaction } });
    assert.deepEqual(await channel.evaluate(GRACE, "GetAnchor", ["lab/1"]), stored);
    const payload = canonical({ origin: "lab/1", owner: "Org1MSP", root, since, size: 3 });
    assert.deepEqual(channel.events, [{ name: "Anchored", payload }]);
  });

  test("grows through every size", async () => {
    const channel = await anchored(1);
    for (let size = 2; size <= 12; size += 1) await channel.submit(ADA, "Anchor", grow(size - 1, size));
    const { size } = await channel.evaluate<{ size: number }>(GRACE, "GetAnchor", ["lab/1"]);
    assert.equal(size, 12);
  });

  test("again is the same answer, also of an older one", async () => {
    const channel = new Channel();
    const args = [log.note(3, FIRST), log.key(FIRST), "[]"];
    const first = await channel.submit(ADA, "Anchor", args);
    assert.deepEqual(await channel.submit(ADA, "Anchor", args), first);
    const second = await channel.submit(ADA, "Anchor", grow(3, 7));
    assert.deepEqual(await channel.submit(ADA, "Anchor", args), first);
    const again = await channel.endorse(ADA, "Anchor", grow(3, 7));
    assert.deepEqual([JSON.parse(again.text), again.writes, again.event], [second, [], null]);
  });

  test("of racing ones exactly one is valid", async () => {
    const channel = await anchored(3);
    const proposals = [
      await channel.endorse(ADA, "Anchor", grow(3, 7)),
      await channel.endorse(ADA, "Anchor", grow(3, 8)),
    ];
    assert.deepEqual(
      proposals.map((endorsed) => channel.commit(endorsed)),
      ["VALID", "MVCC_READ_CONFLICT"],
    );
  });

  test("of different logs stand apart", async () => {
    const channel = await anchored(3);
    const other = Log.of("lab/2", 3, "other");
    await channel.submit(GRACE, "Anchor", [other.note(3, SECOND), other.key(SECOND), "[]"]);
    assert.equal((await channel.evaluate<{ owner: string }>(ADA, "GetAnchor", ["lab/2"])).owner, "Org2MSP");
    await assert.rejects(channel.evaluate(ADA, "GetAnchor", ["lab/3"]), /NOT_FOUND/);
  });

  test("all of a log are listed, page by page, smallest first", async () => {
    const channel = await anchored(2);
    for (const [from, to] of [
      [2, 9],
      [9, 10],
      [10, 11],
    ] as const)
      await channel.submit(ADA, "Anchor", grow(from, to));
    const sizes: number[] = [];
    let bookmark = "";
    do {
      const page: Page = await channel.evaluate(GRACE, "Anchors", ["lab/1", "3", bookmark]);
      sizes.push(...page.anchors.map(({ size }) => size));
      bookmark = page.bookmark;
    } while (bookmark !== "");
    assert.deepEqual(sizes, [2, 9, 10, 11]);
  });
});

interface Page {
  readonly anchors: readonly { size: number }[];
  readonly bookmark: string;
}

describe("after 7 entries", () => {
  const cases: Record<string, readonly [readonly [string, string, string], RegExp]> = {
    "a fork is a conflict": [[fork.note(9, FIRST), log.key(FIRST), fork.proof(7, 9)], /CONFLICT/],
    "a fork of the same size is a conflict": [[fork.note(7, FIRST), log.key(FIRST), "[]"], /CONFLICT/],
    "a rollback is a conflict": [[log.note(5, FIRST), log.key(FIRST), "[]"], /CONFLICT/],
    "a size with a proof of another is a conflict": [
      [log.note(9, FIRST), log.key(FIRST), log.proof(7, 10)],
      /CONFLICT/,
    ],
    "no proof is a conflict": [[log.note(9, FIRST), log.key(FIRST), "[]"], /CONFLICT/],
    "a stranger's key is refused": [
      [log.note(9, STRANGER), log.key(STRANGER), log.proof(7, 9)],
      /INVALID.*last anchored/,
    ],
    "a stranger's signature under the key is refused": [
      [log.note(9, STRANGER), log.key(FIRST), log.proof(7, 9)],
      /INVALID/,
    ],
    "a new key without the old one is refused": [[log.note(9, SECOND), log.key(SECOND), log.proof(7, 9)], /INVALID/],
    "a new key that did not sign is refused": [
      [log.note(9, FIRST), log.key(SECOND), log.proof(7, 9)],
      /INVALID.*was given/,
    ],
    "an altered note is refused": [
      [log.note(9, FIRST).replace("\n9\n", "\n10\n"), log.key(FIRST), log.proof(7, 9)],
      /false/,
    ],
    "another log's key is refused": [
      [log.note(9, FIRST), Log.of("lab/2", 1).key(FIRST), log.proof(7, 9)],
      /log's name/,
    ],
    "no key is refused": [[log.note(9, FIRST), "", log.proof(7, 9)], /log's name/],
    "no note is refused": [["lab/1\n9\n", log.key(FIRST), "[]"], /not a signed checkpoint/],
    "a proof that is no list is refused": [[log.note(9, FIRST), log.key(FIRST), "{}"], /a list of hashes/],
    "a proof of short nodes is refused": [[log.note(9, FIRST), log.key(FIRST), base64(31)], /not 32 bytes/],
    "a proof of numbers is refused": [[log.note(9, FIRST), log.key(FIRST), "[1]"], /not 32 bytes/],
    "an endless proof is refused": [[log.note(9, FIRST), log.key(FIRST), `[${"1,".repeat(128)}1]`], /a list of hashes/],
  };
  for (const [name, [args, message]] of Object.entries(cases)) {
    test(name, async () => {
      await assert.rejects((await anchored(7)).submit(ADA, "Anchor", args), message);
    });
  }

  test("another organisation may not go on", async () => {
    const channel = await anchored(7);
    await assert.rejects(channel.submit(GRACE, "Anchor", grow(7, 9)), /FORBIDDEN: The log lab\/1 is Org1MSP's/);
  });
});

describe("the first anchor", () => {
  const empty = Log.of("lab/1", 0);
  const cases: Record<string, readonly [readonly [string, string, string], RegExp]> = {
    "needs no proof": [[log.note(3, FIRST), log.key(FIRST), log.proof(1, 3)], /needs no proof/],
    "has an entry": [[empty.note(0, FIRST), log.key(FIRST), "[]"], /at least one entry/],
    "is signed by its key": [[log.note(3, FIRST), log.key(SECOND), "[]"], /was given/],
    "is not malleable": [[log.note(3, FIRST).slice(0, -6) + "AA==\n", log.key(FIRST), "[]"], /INVALID/],
  };
  for (const [name, [args, message]] of Object.entries(cases)) {
    test(name, async () => {
      await assert.rejects(new Channel().submit(ADA, "Anchor", args), message);
    });
  }
});

describe("rotation", () => {
  test("a note of both keys moves to the new one, and the old one is out", async () => {
    const channel = await anchored(3);
    const { key } = await channel.submit<{ key: string }>(ADA, "Anchor", grow(3, 7, FIRST, SECOND));
    assert.equal(key, log.key(SECOND));
    await assert.rejects(channel.submit(ADA, "Anchor", grow(7, 9)), /INVALID/);
    await channel.submit(ADA, "Anchor", grow(7, 9, SECOND));
  });

  test("a note of both keys under the old one stays with the old one", async () => {
    const channel = await anchored(3);
    await channel.submit(ADA, "Anchor", [log.note(7, FIRST, SECOND), log.key(FIRST), log.proof(3, 7)]);
    await channel.submit(ADA, "Anchor", grow(7, 9));
  });
});
