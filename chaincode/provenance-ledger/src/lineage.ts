/** Lineage: from a record up to what it was made of, or down to what was made of it. */

import { readAncestry } from "./ancestry";
import { needDigest } from "./digest";
import { readEntry, textOf } from "./entry";
import { canonical } from "./json";
import { needRecord, recordKey, type RecordDocument } from "./records";
import { invalid } from "./refusal";
import { recordsWith } from "./search";
import type { Stored, World } from "./world";

const MAX_DEPTH = 64;
const MAX_NODES = 500;
const MAX_EDGES = 2_000;
const MAX_NEIGHBOURS = 200; // of one record and digest

interface Node {
  readonly record: string;
  readonly subjects: readonly string[];
  readonly owner: string;
  readonly since: string;
  /** Whether this ledger holds the record; else another record names it as its parent. */
  readonly known: boolean;
}

/** Data `through` went from one record into another; `from` is empty where no record tells of their making. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly through: string;
}

type Direction = "up" | "down";

export async function lineage(world: World, record: string, direction: string, depthText: string): Promise<string> {
  if (direction !== "up" && direction !== "down") throw invalid("The direction is up or down.");
  if (!/^[1-9][0-9]?$/.test(depthText) || Number(depthText) > MAX_DEPTH) {
    throw invalid(`The depth is a whole number from 1 to ${String(MAX_DEPTH)}.`);
  }
  await needRecord(world, record);
  return canonical(await new Walk(world, direction).run(record, Number(depthText)));
}

/** Breadth first, in the order of the ledger, each record once. */
class Walk {
  private readonly nodes = new Map<string, Node>();
  private readonly edges = new Map<string, Edge>();
  private truncated = false;

  constructor(
    private readonly world: World,
    private readonly direction: Direction,
  ) {}

  async run(record: string, depth: number): Promise<object> {
    let level = [await this.visit(record)];
    for (let step = 0; step < depth && level.length > 0; step += 1) level = await this.next(level);
    for (const node of level) this.truncated ||= (await this.neighbours(node)).length > 0;
    return { nodes: [...this.nodes.values()], edges: [...this.edges.values()], truncated: this.truncated };
  }

  private async next(level: readonly Node[]): Promise<Node[]> {
    const found: Node[] = [];
    for (const node of level) {
      for (const edge of await this.neighbours(node)) {
        const record = this.direction === "up" ? edge.from : edge.to;
        const isNew = record !== "" && !this.nodes.has(record);
        if (this.edges.size === MAX_EDGES || (isNew && this.nodes.size === MAX_NODES)) {
          this.truncated = true;
          return found;
        }
        this.edges.set(canonical(edge), edge);
        if (isNew) found.push(await this.visit(record));
      }
    }
    return found;
  }

  private async visit(record: string): Promise<Node> {
    const node = await nodeOf(this.world, record);
    this.nodes.set(record, node);
    return node;
  }

  private neighbours(node: Node): Promise<Edge[]> {
    return this.direction === "up" ? this.sources(node) : this.uses(node);
  }

  /** An input comes from the record that it carried; without one, from every record of the same data. */
  private async sources({ record }: Node): Promise<Edge[]> {
    const edges: Edge[] = [];
    for (const { digest, parent } of (await readAncestry(this.world, record))?.inputs ?? []) {
      const makers = parent === null ? await this.recordsOf("subject", digest) : [parent];
      const others = makers.filter((maker) => maker !== record);
      for (const from of others.length > 0 ? others : [""]) edges.push({ from, to: record, through: digest });
    }
    return edges;
  }

  /** The same edges from the other side. */
  private async uses({ record, subjects }: Node): Promise<Edge[]> {
    const users = await this.recordsOf("parent", record);
    for (const subject of subjects) users.push(...(await this.recordsOf("uses", subject)));
    const edges: Edge[] = [];
    for (const to of new Set(users)) {
      for (const { digest, parent } of (await readAncestry(this.world, to))?.inputs ?? []) {
        const isOurs = parent === record || (parent === null && subjects.includes(digest));
        if (isOurs && to !== record) edges.push({ from: record, to, through: digest });
      }
    }
    return edges;
  }

  private async recordsOf(field: string, digest: string): Promise<string[]> {
    const found = await recordsWith(this.world, [field, digest], MAX_NEIGHBOURS + 1);
    if (found.length > MAX_NEIGHBOURS) this.truncated = true;
    const entries = found.slice(0, MAX_NEIGHBOURS).map((stored) => readEntry(stored.entry));
    return entries.map(({ body }) => needDigest(body.record, "record"));
  }
}

async function nodeOf(world: World, record: string): Promise<Node> {
  const document = await world.read<RecordDocument>(recordKey(world, record));
  if (document === null) return { record, subjects: [], owner: "", since: "", known: false };
  const ancestry = await readAncestry(world, record);
  const subjects = ancestry?.subjects ?? subjectsOfEntry(document);
  return { record, subjects, owner: document.owner, since: document.since, known: true };
}

/** What a record without public contents says in its entry. */
function subjectsOfEntry(document: Stored): string[] {
  const { body } = readEntry(document.entry);
  return ["pixels", "subject"].flatMap((name) => textOf(body, name) ?? []);
}
