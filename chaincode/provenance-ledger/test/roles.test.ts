/** The whole matrix: every kind of certificate × every function. */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { canonical } from "../src/json";
import { ALLOWED } from "../src/roles";
import { ADA, Channel } from "./channel";
import { AGENT, Log, digest, entry, image } from "./samples";

const ROLES_OF: Readonly<Record<string, readonly string[]>> = {
  writer: ["writer"],
  writer_by_unit: ["writer"],
  reader: ["reader"],
  reader_by_unit: ["reader"],
  auditor: ["auditor"],
  auditor_by_unit: ["auditor"],
  reader_and_auditor: ["reader", "auditor"],
  nobody: [],
  impostor: [],
};

const READS = ["GetRecord", "GetChunk", "FindByPixelDigest", "FindByMacroDigest", "FindBySubject", "Lineage", "Query"];
/** As the order has it, written once more by hand: a slip in the contract's own table must not pass. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  writer: [...ALLOWED.keys()],
  reader: [...READS, "GetAnchor", "Anchors"],
  auditor: [...READS, "GetAnchor", "Anchors", "History", "Attest"],
};

/** A call of each function that succeeds for whoever may make it. */
async function scene(channel: Channel): Promise<Record<string, readonly string[]>> {
  const [known, fresh] = [image(1), image(2)];
  await channel.submit(ADA, "CommitRecord", [known.entry, known.contents]);
  await channel.submit(ADA, "CommitRecord", [image(3).entry, ""]);
  const log = Log.of("lab/1", 3);
  await channel.submit(ADA, "Anchor", [log.note(1, AGENT), log.key(AGENT), "[]"]);
  return {
    PutChunk: [Buffer.from("chunk").toString("base64")],
    PutPrivateChunk: ["both"],
    CommitRecord: [fresh.entry, fresh.contents],
    PutPrivateRecord: [fresh.entry, "both"],
    Attest: [entry("attestation", { record: known.record, verdict: "exact" })],
    Supersede: [entry("supersede", { record: known.record, by: image(3).record })],
    Retract: [entry("retract", { record: known.record })],
    Anchor: [log.note(3, AGENT), log.key(AGENT), log.proof(1, 3)],
    GetRecord: [known.record],
    GetChunk: [digest(known.envelope), ""],
    FindByPixelDigest: [known.pixels],
    FindByMacroDigest: [known.macro],
    FindBySubject: [known.pixels],
    Lineage: [known.record, "up", "1"],
    Query: [canonical({ kind: "record" }), "10", ""],
    History: [known.record],
    GetAnchor: ["lab/1"],
    Anchors: ["lab/1", "10", ""],
  };
}

/** What Org1MSP brought in the scene, Org2MSP may not change, whatever the role. */
const OWNERS = ["Supersede", "Retract", "Anchor"];

describe("role × organisation × function", () => {
  const channel = new Channel();
  let calls: Record<string, readonly string[]> = {};
  before(async () => {
    calls = await scene(channel);
  });
  for (const msp of ["Org1MSP", "Org2MSP"]) {
    for (const [name, roles] of Object.entries(ROLES_OF)) {
      for (const fn of ALLOWED.keys()) {
        const hasRole = roles.some((role) => MAY[role]?.includes(fn));
        const may = hasRole && (msp === "Org1MSP" || !OWNERS.includes(fn));
        test(`${name} of ${msp} ${may ? "may" : "may not"} ${fn}`, async () => {
          const transient = { chunk: "secret", envelope: image(2).envelope };
          const answer = await channel.endorse({ msp, name }, fn, calls[fn] ?? [], transient);
          assert.equal(answer.status, may ? 200 : 500, answer.text);
          if (!may) assert.match(answer.text, /^FORBIDDEN: /);
          if (!hasRole) assert.deepEqual([answer.reads, answer.writes, answer.event], [[], [], null]);
        });
      }
    }
  }
});

for (const name of [
  "",
  "Nothing",
  "constructor",
  "beforeTransaction",
  "GetRecord:GetRecord",
  "ProvenanceLedger:createContext",
]) {
  test(`there is no function ${JSON.stringify(name)}`, async () => {
    const { status, text } = await new Channel().endorse(ADA, name, []);
    assert.equal(status, 500);
    assert.match(text, /INVALID: There is no such function|Contract name is not known/);
  });
}

test("a function can be called by the contract's name too, under the same role", async () => {
  const channel = new Channel();
  const calls = await scene(channel);
  const name = "ProvenanceLedger:GetRecord";
  assert.equal((await channel.endorse(ADA, name, calls.GetRecord ?? [])).status, 200);
  const nobody = { msp: "Org1MSP", name: "nobody" };
  assert.match((await channel.endorse(nobody, name, calls.GetRecord ?? [])).text, /^FORBIDDEN/);
});
