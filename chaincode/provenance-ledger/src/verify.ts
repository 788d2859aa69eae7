#!/usr/bin/env node
/** `verify RECEIPT.json --key KEY …`: whether a receipt holds; good exits 0, bad 1, unknown 3, a wrong call 2. */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { parsePublic } from "./public_key";
import { checkReceipt } from "./receipt";

const USAGE = "usage: verify RECEIPT.json --key KEY [--key KEY …]";
const EXITS = { good: 0, bad: 1, unknown: 3 };

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: "string", multiple: true } },
  });
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw new TypeError(USAGE);
  const { state, text } = checkReceipt(readFileSync(path), (values.key ?? []).map(readKey));
  process.stdout.write(`${state}: ${text}\n`);
  return EXITS[state];
}

function readKey(text: string): Buffer {
  const key = parsePublic(text);
  if (key === undefined) throw new TypeError(`${text} is not a public key. ${USAGE}`);
  return key;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
