/** `Ancestry`: what a record was made of and what it made, as its public payload says. */

import type { Input, Payload } from "./envelope";
import type { World } from "./world";

export interface Ancestry {
  readonly subjects: readonly string[];
  readonly inputs: readonly Input[];
}

export async function keepAncestry(world: World, payload: Payload): Promise<void> {
  const ancestry: Ancestry = { subjects: payload.facts.subjects, inputs: payload.inputs };
  await world.write(world.key("ancestry", payload.record), ancestry);
}

export function readAncestry(world: World, record: string): Promise<Ancestry | null> {
  return world.read<Ancestry>(world.key("ancestry", record));
}
