/** Facts: what a record says of itself that people search for. Pure; the same as `bims_desktop/ledger/facts.py`. */

import { isDigest } from "./digest";
import { isList, isObject, type Json, type JsonObject } from "./json";
import { invalid, type Refusal } from "./refusal";

export interface Facts {
  readonly subjects: readonly string[];
  readonly macro: string;
  readonly agent: string;
  readonly organisation: string;
  readonly created: string;
  readonly operations: readonly string[];
  readonly instruments: readonly string[];
  readonly inputs: readonly string[];
  readonly parents: readonly string[];
}

const MAX_WORDS = 256; // bytes of UTF-8
const PARTS = ["microscope", "objective", "detector"]; // of an OME Instrument
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const NOT_WORDS = /[\u0000-\u001f\u007f\u{10ffff}]|\p{Surrogate}/u;

/** The facts of a payload, a record or a statement of any other science. */
export function facts(payload: Json): Facts {
  const content = object(payload);
  if (content.v !== 1) throw damaged();
  if (content.type === "bims-record") return ofRecord(content);
  if (content.type === "bims-statement") return ofStatement(content);
  throw damaged();
}

function ofRecord(content: JsonObject): Facts {
  const steps = objects(content, "steps").map((step) => text(object(step.entry).operation));
  const given = objects(content, "inputs").map((input) => object(input.acquisition));
  const subjects = [digest(object(content.image).pixels)];
  const macro = digest(object(content.macro).digest);
  return common(content, subjects, macro, steps, given.flatMap(instrumentsOf));
}

function ofStatement(content: JsonObject): Facts {
  const subjects = once(objects(content, "subject").map((subject) => digest(subject.digest)));
  if (subjects.length === 0) throw damaged();
  const steps = objects(content, "steps").map((step) => text(step.operation));
  return common(content, subjects, "", steps, [optional(content, "instrument")]);
}

function common(
  content: JsonObject,
  subjects: readonly string[],
  macro: string,
  steps: readonly string[],
  instruments: readonly string[],
): Facts {
  const agent = object(content.agent);
  const inputs = objects(content, "inputs");
  const created = text(content.created);
  if (!TIME.test(created)) throw damaged();
  return {
    subjects,
    macro,
    agent: words(text(agent.name)),
    organisation: words(text(agent.organisation)),
    created,
    operations: sorted(steps),
    instruments: sorted(instruments),
    inputs: once(inputs.map((input) => digest(input.digest))),
    parents: once(
      inputs.map((input) => input.parent ?? null).flatMap((parent) => (parent === null ? [] : digest(parent))),
    ),
  };
}

function instrumentsOf(acquisition: JsonObject): string[] {
  const rows = PARTS.flatMap((part) => (Object.hasOwn(acquisition, part) ? objects(acquisition, part) : []));
  return rows.map((row) => [optional(row, "Manufacturer"), optional(row, "Model")].filter(Boolean).join(" "));
}

function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw damaged();
  return value;
}

function objects(content: JsonObject, name: string): readonly JsonObject[] {
  const list = content[name];
  if (!isList(list)) throw damaged();
  return list.map(object);
}

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw damaged();
  return value;
}

function optional(content: JsonObject, name: string): string {
  return Object.hasOwn(content, name) ? text(content[name]) : "";
}

function digest(value: Json | undefined): string {
  if (!isDigest(value)) throw damaged();
  return value;
}

function words(told: string): string {
  return NOT_WORDS.test(told) || Buffer.byteLength(told) > MAX_WORDS ? "" : told;
}

function sorted(texts: readonly string[]): string[] {
  return once(texts.map(words).filter(Boolean)).sort();
}

function once(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function damaged(): Refusal {
  return invalid("This is neither a record nor a statement of version 1.");
}
