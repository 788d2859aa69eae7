/** Searches: every property, alone and together, page by page. */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { canonical } from "../src/json";
import { ADA, Channel, GRACE } from "./channel";
import { AGENT, STATEMENT_TYPE, digest, entry, envelope, image, statementPayload } from "./samples";

interface Page {
  readonly entries: readonly { entry: string; owner: string; since: string; transaction: string }[];
  readonly bookmark: string;
}

const [one, two, three] = [image(1), image(2, [{ digest: digest("raw"), parent: image(1).record }]), image(3)];
const table = statementPayload("counts", [{ digest: one.pixels }]);
const tableEntry = entry("record", { record: digest(canonical(table)), subject: digest("counts") });
const exact = entry("attestation", { environment: "e", record: one.record, verdict: "exact" });
const gone = entry("retract", { record: three.record });

/** In this order: 1, 2, 3 (hash only), table, attestation of 1, retraction of 3. */
async function filled(): Promise<Channel> {
  const channel = new Channel();
  await channel.submit(ADA, "CommitRecord", [one.entry, one.contents]);
  await channel.submit(ADA, "CommitRecord", [two.entry, two.contents]);
  await channel.submit(GRACE, "CommitRecord", [three.entry, ""]);
  await channel.submit(GRACE, "CommitRecord", [
    tableEntry,
    canonical({ envelope: envelope(table, AGENT, STATEMENT_TYPE) }),
  ]);
  await channel.submit(GRACE, "Attest", [exact]);
  await channel.submit(GRACE, "Retract", [gone]);
  return channel;
}

describe("Query", () => {
  let channel: Channel;
  before(async () => {
    channel = await filled();
  });
  const all = [one.entry, two.entry, three.entry, tableEntry, exact, gone];
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{}, all],
    [{ kind: "record" }, all.slice(0, 4)],
    [{ kind: "attestation" }, [exact]],
    [{ record: one.record }, [one.entry, exact]],
    [{ kind: "retract", record: three.record }, [gone]],
    [{ pixels: two.pixels }, [two.entry]],
    [{ macro: two.macro }, [two.entry]],
    [{ subject: one.pixels }, [one.entry]],
    [{ subject: three.pixels }, [three.entry]],
    [{ subject: digest("counts") }, [tableEntry]],
    [{ agent: AGENT.fingerprint }, [one.entry, two.entry, three.entry, tableEntry]],
    [{ agent: "Ada" }, [one.entry, two.entry, tableEntry]],
    [{ agent: "Nobody" }, []],
    [{ operation: "load" }, [one.entry, two.entry]],
    [{ operation: "gaussian" }, [two.entry]],
    [{ operation: "count" }, [tableEntry]],
    [{ instrument: "Zeiss LSM 880" }, [two.entry]],
    [{ instrument: "Sequencer 9" }, [tableEntry]],
    [{ uses: digest("raw") }, [two.entry]],
    [{ uses: one.pixels }, [tableEntry]],
    [{ agent: "Ada", operation: "load" }, [one.entry, two.entry]],
    [{ agent: "Ada", operation: "load", uses: digest("raw") }, [two.entry]],
    [{ agent: "Ada", operation: "count", subject: one.pixels }, []],
    [{ since: "2026-01-01T00:00:03Z" }, all.slice(2)],
    [{ until: "2026-01-01T00:00:03Z" }, all.slice(0, 2)],
    [{ kind: "record", since: "2026-01-01T00:00:02Z", until: "2026-01-01T00:00:04Z" }, [two.entry, three.entry]],
    [{ since: "2027-01-01T00:00:00Z" }, []],
  ];
  for (const [wanted, expected] of cases) {
    test(canonical(wanted), async () => {
      const { entries, bookmark } = await channel.evaluate<Page>(GRACE, "Query", [canonical(wanted), "100", ""]);
      assert.deepEqual([entries.map((stored) => stored.entry), bookmark], [expected, ""]);
    });
  }

  for (const size of [1, 2, 3, 5, 6, 7]) {
    test(`in pages of ${String(size)} gives each entry once`, async () => {
      const found: string[] = [];
      let bookmark = "";
      do {
        const page = await channel.evaluate<Page>(GRACE, "Query", ["{}", String(size), bookmark]);
        assert.ok(page.entries.length <= size);
        found.push(...page.entries.map((stored) => stored.entry));
        bookmark = page.bookmark;
      } while (bookmark !== "");
      assert.deepEqual(found, all);
    });
  }

  test("shows where and when each entry was taken", async () => {
    const { entries } = await channel.evaluate<Page>(ADA, "Query", [canonical({ pixels: three.pixels }), "1", ""]);
    const [found] = entries;
    assert.deepEqual(Object.keys(found ?? {}), ["entry", "owner", "since", "transaction"]);
    assert.deepEqual([found?.owner, found?.since], ["Org2MSP", "2026-01-01T00:00:03Z"]);
  });
});

describe("a bad query is refused", () => {
  const cases: Record<string, readonly [string, string, string, RegExp]> = {
    "an unknown property": ['{"owner":"x"}', "1", "", /Nothing is searched by owner/],
    "a number": ['{"kind":1}', "1", "", /must be text/],
    nothing: ['{"kind":""}', "1", "", /must be text/],
    "a list": ["[]", "1", "", /is an object/],
    "no JSON": ["{", "1", "", /not JSON/],
    "a property twice": ['{"kind":"a","kind":"b"}', "1", "", /not canonical/],
    "a date": ['{"since":"2026-01-01"}', "1", "", /must be a time/],
    "too long": [canonical({ agent: "x".repeat(20_000) }), "1", "", /exceeds 16384/],
    "no page": ["{}", "0", "", /from 1 to 1000/],
    "a page too large": ["{}", "1001", "", /from 1 to 1000/],
    "half a page": ["{}", "1.5", "", /from 1 to 1000/],
    "another's bookmark": ["{}", "1", "\0record\0", /This bookmark was not/],
    "a long bookmark": ["{}", "1", "a".repeat(201), /This bookmark was not/],
    "an impossible collection": [canonical({ collection: "a/b" }), "1", "", /cannot be the name/],
  };
  for (const [name, [wanted, size, bookmark, message]] of Object.entries(cases)) {
    test(name, async () => {
      assert.match(
        (await new Channel().endorse(ADA, "Query", [wanted, size, bookmark], {}, ["Org1MSP"])).text,
        message,
      );
    });
  }
});

describe("Find", () => {
  test("gives the records of the same pixels or macro, oldest first", async () => {
    const channel = new Channel();
    const [a, b] = [image(1), image(1, [], { note: "again" })];
    await channel.submit(GRACE, "CommitRecord", [b.entry, ""]);
    await channel.submit(ADA, "CommitRecord", [a.entry, a.contents]);
    await channel.submit(ADA, "Attest", [
      entry("attestation", { pixels: a.pixels, record: a.record, verdict: "exact" }),
    ]);
    for (const [name, value] of [
      ["FindByPixelDigest", a.pixels],
      ["FindByMacroDigest", a.macro],
      ["FindBySubject", a.pixels],
    ] as const) {
      const found = await channel.evaluate<Page["entries"]>(GRACE, name, [value]);
      assert.deepEqual(
        found.map((stored) => stored.entry),
        [b.entry, a.entry],
        name,
      );
    }
  });

  for (const name of ["FindByPixelDigest", "FindByMacroDigest", "FindBySubject"]) {
    test(`${name} finds nothing where nothing is, and refuses what is no digest`, async () => {
      assert.deepEqual(await new Channel().evaluate(ADA, name, [digest("x")]), []);
      assert.match((await new Channel().endorse(ADA, name, ["x"])).text, /^INVALID/);
    });
  }

  test("more than a page of other kinds does not hide a record", async () => {
    const channel = new Channel();
    const [first, last] = [image(1), image(1, [], { note: "last" })];
    await channel.submit(ADA, "CommitRecord", [first.entry, ""]);
    for (let index = 0; index < 40; index += 1) {
      const body = { environment: String(index), pixels: first.pixels, record: first.record, verdict: "exact" };
      await channel.submit(ADA, "Attest", [entry("attestation", body)]);
    }
    await channel.submit(ADA, "CommitRecord", [last.entry, ""]);
    const found: string[] = [];
    let bookmark = "";
    do {
      const wanted = canonical({ kind: "record", pixels: first.pixels });
      const page = await channel.evaluate<Page>(ADA, "Query", [wanted, "5", bookmark]);
      found.push(...page.entries.map((stored) => stored.entry));
      bookmark = page.bookmark;
    } while (bookmark !== "");
    assert.deepEqual(found, [first.entry, last.entry]);
  });
});
