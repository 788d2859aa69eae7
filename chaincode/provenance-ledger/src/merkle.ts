/** RFC 9162 Merkle trees: what a verifier needs of them. Pure. Sizes are bigint: they go to 2^53. */

import { sha256 } from "./digest";

const EMPTY_ROOT = sha256();

/** SHA-256(0x00 ‖ data), RFC 9162 section 2.1.1. */
export function leafHash(...data: readonly (Uint8Array | string)[]): Buffer {
  return sha256(Buffer.from([0]), ...data);
}

/** SHA-256(0x01 ‖ left ‖ right), RFC 9162 section 2.1.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.from([1]), left, right);
}

/** Tree hash of `leaves` (their leaf hashes). */
export function rootHash(leaves: readonly Buffer[]): Buffer {
  const [first, ...rest] = leaves;
  if (first === undefined) return EMPTY_ROOT;
  if (rest.length === 0) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(rootHash(leaves.slice(0, split)), rootHash(leaves.slice(split)));
}

/** Root that `proof` leads to, nothing where it cannot fit (RFC 9162 section 2.1.3.2). */
export function rootFromProof(leaf: Buffer, index: bigint, size: bigint, proof: readonly Buffer[]): Buffer | undefined {
  if (index < 0n || index >= size || !areHashes(leaf, ...proof)) return undefined;
  const path = new Path(index, size - 1n);
  let node = leaf;
  for (const sibling of proof) {
    if (path.atRoot) return undefined;
    node = path.stepUp() ? nodeHash(sibling, node) : nodeHash(node, sibling);
  }
  return path.atRoot ? node : undefined;
}

/** Whether `proof` shows the old tree to be the beginning of the new one (RFC 9162 section 2.1.4.2). */
export function isConsistent(
  oldSize: bigint,
  oldRoot: Buffer,
  newSize: bigint,
  newRoot: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (!areHashes(oldRoot, newRoot, ...proof)) return false;
  if (oldSize <= 0n || oldSize >= newSize) {
    return proof.length === 0 && areTrivial(oldSize, oldRoot, newSize, newRoot);
  }
  const isComplete = (oldSize & (oldSize - 1n)) === 0n;
  const [shared, ...siblings] = isComplete ? [oldRoot, ...proof] : proof;
  return shared !== undefined && leadsToBoth(shared, siblings, oldSize, oldRoot, newSize, newRoot);
}

/** Follows the proof from a complete subtree in which both trees agree up to both roots. */
function leadsToBoth(
  shared: Buffer,
  siblings: readonly Buffer[],
  oldSize: bigint,
  oldRoot: Buffer,
  newSize: bigint,
  newRoot: Buffer,
): boolean {
  const path = Path.skippingShared(oldSize - 1n, newSize - 1n);
  let [oldNode, newNode] = [shared, shared];
  for (const sibling of siblings) {
    if (path.atRoot) return false;
    const isLeft = path.stepUp();
    oldNode = isLeft ? nodeHash(sibling, oldNode) : oldNode;
    newNode = isLeft ? nodeHash(sibling, newNode) : nodeHash(newNode, sibling);
  }
  return path.atRoot && oldNode.equals(oldRoot) && newNode.equals(newRoot);
}

/** Nothing, and the tree itself, are the beginning of a tree. */
function areTrivial(oldSize: bigint, oldRoot: Buffer, newSize: bigint, newRoot: Buffer): boolean {
  return oldSize === 0n ? oldRoot.equals(EMPTY_ROOT) : oldSize === newSize && oldRoot.equals(newRoot);
}

function areHashes(...values: readonly Buffer[]): boolean {
  return values.every((value) => value.length === 32);
}

/** The way from a node up to the root of a tree whose last node is `last`. */
class Path {
  constructor(
    private node: bigint,
    private last: bigint,
  ) {}

  /** Begins above the complete subtree in which both trees agree. */
  static skippingShared(node: bigint, last: bigint): Path {
    const path = new Path(node, last);
    while ((path.node & 1n) === 1n) path.up();
    return path;
  }

  get atRoot(): boolean {
    return this.last === 0n;
  }

  /** One level up, and more where there is no sibling; true where the sibling is on the left. */
  stepUp(): boolean {
    const isRight = (this.node & 1n) === 1n || this.node === this.last;
    if (isRight) while ((this.node & 1n) === 0n && this.node !== 0n) this.up();
    this.up();
    return isRight;
  }

  private up(): void {
    this.node >>= 1n;
    this.last >>= 1n;
  }
}
