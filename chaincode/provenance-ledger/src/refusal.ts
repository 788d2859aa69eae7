/** `Refusal`: why the contract does not do what it was asked; clients read the code before the colon. */

export type Code = "CONFLICT" | "NOT_FOUND" | "FORBIDDEN" | "INVALID";

export class Refusal extends Error {
  constructor(code: Code, sentence: string) {
    super(`${code}: ${sentence}`);
  }
}

/** An input that is not what its format says. */
export function invalid(sentence: string): Refusal {
  return new Refusal("INVALID", sentence);
}
