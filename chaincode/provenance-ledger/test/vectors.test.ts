/** The vectors that the Python verifier runs, run by this one. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { facts, type Facts } from "../src/facts";
import type { Json } from "../src/json";
import { isConsistent, leafHash, rootFromProof, rootHash } from "../src/merkle";
import { isSignedBy, parseCheckpoint, parseNote, type Checkpoint } from "../src/note";
import { parsePublic, parseVerifierKey } from "../src/public_key";
import { checkReceipt, readReceipt } from "../src/receipt";
import { Refusal } from "../src/refusal";
import { checkWithin, tenures } from "../src/rotation";

const FOLDER = join(__dirname, "../../../../tests/vectors");

function vectors(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8"));
}

/** The answer, or null where the question was refused. */
function orNull<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function key(text: string): Buffer {
  const found = parsePublic(text);
  assert.ok(found, text);
  return found;
}

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const base64 = (text: string): Buffer => Buffer.from(text, "base64");

interface Tree {
  leaves: string[];
  roots: string[];
  inclusion: {
    name: string;
    index: number;
    size: number;
    leaf: string;
    root: string;
    proof: string[];
    good: boolean;
  }[];
  consistency: {
    name: string;
    old: number;
    new: number;
    old_root: string;
    new_root: string;
    proof: string[];
    good: boolean;
  }[];
}

describe("published trees", () => {
  const tree = vectors("tree") as Tree;
  test("roots", () => {
    const leaves = tree.leaves.map((data) => leafHash(hex(data)));
    const roots = tree.roots.map((_, size) => rootHash(leaves.slice(0, size)).toString("hex"));
    assert.deepEqual(roots, tree.roots);
  });
  for (const c of tree.inclusion) {
    test(c.name, () => {
      const root = rootFromProof(hex(c.leaf), BigInt(c.index), BigInt(c.size), c.proof.map(hex));
      assert.equal(root?.toString("hex") === c.root, c.good);
    });
  }
  for (const c of tree.consistency) {
    test(c.name, () => {
      const good = isConsistent(BigInt(c.old), hex(c.old_root), BigInt(c.new), hex(c.new_root), c.proof.map(hex));
      assert.equal(good, c.good);
    });
  }
});

interface Notes {
  keys: { key: string; good: boolean; public?: string }[];
  notes: { name: string; note: string; keys: string[]; signed_by: string[] | null }[];
  checkpoints: { text: string; checkpoint: { origin: string; size: number; root: string } | null }[];
}

describe("published notes", () => {
  const { keys, notes, checkpoints } = vectors("notes") as Notes;
  for (const c of keys) {
    test(`key ${c.key}`, () => {
      assert.equal(parseVerifierKey(c.key)?.key.toString("hex"), c.public);
    });
  }
  for (const c of notes) {
    test(c.name, () => {
      const note = orNull(() => parseNote(c.note));
      const signedBy = note && orNull(() => c.keys.filter((text) => isSignedBy(note, key(text))));
      assert.deepEqual(signedBy, c.signed_by);
    });
  }
  for (const c of checkpoints) {
    test(`checkpoint ${JSON.stringify(c.text)}`, () => {
      const found = orNull<Checkpoint>(() => parseCheckpoint(c.text));
      assert.deepEqual(found && { ...found, root: found.root.toString("base64") }, c.checkpoint);
    });
  }
});

describe("receipts", () => {
  const { cases } = vectors("receipts") as {
    cases: { name: string; receipt: string; pinned: string[]; state: string }[];
  };
  for (const c of cases) {
    test(c.name, () => {
      assert.equal(checkReceipt(Buffer.from(c.receipt), c.pinned.map(key)).state, c.state);
    });
  }
});

interface Histories {
  key: string;
  cases: { name: string; old: string; new: string; proof: string[]; good: boolean }[];
}

describe("histories", () => {
  const histories = vectors("histories") as Histories;
  const checkpoint = (text: string): Checkpoint | undefined => {
    const note = parseNote(text);
    const found = parseCheckpoint(note.text);
    return isSignedBy(note, key(histories.key), found.origin) ? found : undefined;
  };
  for (const c of histories.cases) {
    test(c.name, () => {
      const [old, next] = [checkpoint(c.old), checkpoint(c.new)];
      const good =
        old !== undefined &&
        next?.origin === old.origin &&
        isConsistent(BigInt(old.size), old.root, BigInt(next.size), next.root, c.proof.map(base64));
      assert.equal(good, c.good);
    });
  }
});

interface Rotations {
  origin: string;
  first: string;
  chains: { name: string; rotations: string[]; tenures: [string, number, number | null][] | null }[];
  receipts: { name: string; receipt: string; state: string }[];
}

describe("rotations", () => {
  const { origin, first, chains, receipts } = vectors("rotations") as Rotations;
  const chainOf = (rotations: string[]): ReturnType<typeof tenures> | null =>
    orNull(() =>
      tenures(
        origin,
        key(first),
        rotations.map((text) => readReceipt(Buffer.from(text))),
      ),
    );
  for (const c of chains) {
    test(c.name, () => {
      const expected = c.tenures?.map(([name, from, to]) => ({ key: key(name), first: from, last: to })) ?? null;
      assert.deepEqual(chainOf(c.rotations), expected);
    });
  }
  const chain = chainOf(chains.find((c) => c.name === "two rotations")?.rotations ?? []);
  for (const c of receipts) {
    test(c.name, () => {
      const receipt = readReceipt(Buffer.from(c.receipt));
      assert.equal(checkWithin(origin, chain ?? [], receipt, [key(first)]).state, c.state);
    });
  }
});

describe("facts", () => {
  for (const c of vectors("facts") as { name: string; payload: Json; facts: Facts | null }[]) {
    test(c.name, () => {
      assert.deepEqual(
        orNull(() => facts(c.payload)),
        c.facts,
      );
    });
  }
});
