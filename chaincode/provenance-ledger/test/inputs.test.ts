/** Hostile inputs: whatever is not exactly right is refused with a sentence, before it can cost anything. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";

import { canonical, readCanonical, type Json } from "../src/json";
import { ADA, Channel } from "./channel";
import { digest, entry, image } from "./samples";

const good = image(1).entry;
const record = digest("r");

describe("entries", () => {
  const cases: Record<string, readonly [string | Buffer, RegExp]> = {
    nothing: ["", /not JSON/],
    spaces: [` ${good}`, /not canonical/],
    "another order": ['{"kind":"record","body":{},"v":1}', /not canonical/],
    "a name twice": [good.replace('"v":1', '"v":1,"v":1'), /not canonical/],
    "an escape too many": [good.replace("sha256", "\\u0073ha256"), /not canonical/],
    "a number written otherwise": [good.replace('"v":1', '"v":1.0'), /not canonical/],
    "version 2": [good.replace('"v":1', '"v":2'), /version 1/],
    "a member more": [good.replace('"v":1', '"v":1,"w":1'), /members body/],
    "a list": ["[]", /members body/],
    "an unknown kind": [entry("note", { record }), /no such kind/],
    "the kind of a name that all objects have": [entry("constructor", { record }), /no such kind/],
    "a body that is a list": [canonical({ body: [], kind: "record", v: 1 }), /version 1/],
    "no record": [entry("record", {}), /lacks record/],
    "no verdict": [entry("attestation", { record }), /lacks verdict/],
    "an unknown verdict": [entry("attestation", { record, verdict: "fine" }), /verdict must be/],
    "a digest in capitals": [entry("record", { record: record.toUpperCase() }), /64 hexadecimal/],
    "pixels that are no digest": [entry("record", { pixels: 1, record }), /pixels must be/],
    "1,201 bytes": [
      entry("record", { note: "x".repeat(1201 - entry("record", { note: "", record }).length), record }),
      /exceeds 1200/,
    ],
    "half a character": [
      Buffer.from(good.replace("pixels", "pix\u00e9ls").replace("\u00e9", "\u0000"), "latin1"),
      /not JSON/,
    ],
    "bytes that are no text": [Buffer.concat([Buffer.from(good), Buffer.from([0xff])]), /not UTF-8/],
    "half a pair of surrogates": [entry("record", { note: "#", record }).replace("#", "\\ud800"), /not canonical/],
  };
  for (const [name, [text, message]] of Object.entries(cases)) {
    test(`${name} is refused`, async () => {
      const { status, text: told, writes } = await new Channel().endorse(ADA, "CommitRecord", [text, ""]);
      assert.deepEqual([status, writes], [500, []]);
      assert.match(told, message);
      assert.match(told, /^INVALID: /);
    });
  }

  test("1,200 bytes are taken", async () => {
    const note = "x".repeat(1200 - entry("record", { note: "", record }).length);
    await new Channel().submit(ADA, "CommitRecord", [entry("record", { note, record }), ""]);
  });

  test("other arguments than the function has are refused", async () => {
    for (const args of [[], [good], [good, "", ""]]) {
      assert.match((await new Channel().endorse(ADA, "CommitRecord", args)).text, /Expected 2 parameters/);
    }
  });
});

describe("canonical JSON", () => {
  // RFC 8785 section 3.2.2 and 3.2.3, and names that JavaScript treats in its own way
  const texts = [
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin","\u20ac":"Euro","\u{1f600}":"Emoji","\ufb33":"Hebrew"}',
    '{"10":1,"9":2,"__proto__":{"a":1},"constructor":1,"toJSON":3}',
  ];
  for (const text of texts) {
    test(text.slice(0, 30), () => {
      assert.equal(canonical(readCanonical(text, 1_000, "text")), text);
    });
  }

  const deep = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  test("nesting is bounded, whatever the stack", () => {
    assert.ok(readCanonical(deep(500), 10_000, "text"));
    for (const depth of [502, 4_000_000]) {
      assert.throws(() => readCanonical(deep(depth), 8_388_608, "text"), /not canonical/);
    }
  });

  for (const text of [
    "NaN",
    "1e400",
    "-0",
    "01",
    "9007199254740993",
    '"\\ud800"',
    '{"\\udfff":1}',
    "1 ",
    '{"b":1,"a":1}',
  ]) {
    test(`${text} is refused`, () => {
      assert.throws(() => readCanonical(text, 1_000, "text"), /^Error: INVALID: |INVALID/);
    });
  }

  test("what is not JSON is never written", () => {
    for (const value of [undefined, NaN, Infinity]) assert.throws(() => canonical(value as unknown as Json));
  });
});

test("a record that would be found by too many words is refused", async () => {
  const steps = Array.from({ length: 2_001 }, (_, n) => ({ entry: { operation: `op_${String(n)}` } }));
  const { entry: text, contents } = image(1, [], { steps });
  assert.match((await new Channel().endorse(ADA, "CommitRecord", [text, contents])).text, /at most 2000 properties/);
});

describe("the command line", () => {
  const folder = join(__dirname, "../../../../tests/vectors");
  const { cases } = JSON.parse(readFileSync(join(folder, "receipts.json"), "utf8")) as {
    cases: { receipt: string; pinned: string[] }[];
  };
  const [{ receipt = "", pinned: [key = ""] } = { receipt: "", pinned: [] }] = cases as [
    { receipt: string; pinned: string[] },
  ];

  function verify(text: string, ...args: string[]): { status: number | null; text: string } {
    const place = mkdtempSync(join(tmpdir(), "receipt-"));
    try {
      writeFileSync(join(place, "receipt.json"), text);
      const done = spawnSync(process.execPath, [
        join(__dirname, "../src/verify.js"),
        join(place, "receipt.json"),
        ...args,
      ]);
      return { status: done.status, text: `${done.stdout.toString()}${done.stderr.toString()}` };
    } finally {
      rmSync(place, { recursive: true });
    }
  }

  for (const [name, text, args, status, message] of [
    ["good", receipt, ["--key", key], 0, /^good: in the ledger lab\/1 since/],
    ["unknown", receipt, [], 3, /^unknown: .*SHA256:/],
    ["bad", receipt.replace('"index":2', '"index":3'), ["--key", key], 1, /^bad: /],
    ["no key", receipt, ["--key", "x"], 2, /not a public key/],
    ["an unknown option", receipt, ["--pin", key], 2, /--pin/],
    ["two files", receipt, ["more"], 2, /usage/],
  ] as const) {
    test(name, () => {
      const done = verify(text, ...args);
      assert.equal(done.status, status, done.text);
      assert.match(done.text, message);
    });
  }

  test("no such file", () => {
    const call = (): Buffer =>
      execFileSync(process.execPath, [join(__dirname, "../src/verify.js"), "nothing.json"], { stdio: "pipe" });
    assert.throws(call, /ENOENT/);
  });
});
