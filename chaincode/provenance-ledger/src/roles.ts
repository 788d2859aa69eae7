/** Roles: who may call what. They stand in certificates, so that an organisation's own CA grants and revokes them. */

import { X509Certificate } from "node:crypto";

import type { ClientIdentity } from "fabric-shim-api";

import { Refusal, invalid } from "./refusal";

const ROLES = ["writer", "reader", "auditor"] as const;
export type Role = (typeof ROLES)[number];

const ALL: readonly Role[] = ROLES;
const AUDITING: readonly Role[] = ["auditor", "writer"];
const WRITING: readonly Role[] = ["writer"];

export const ALLOWED: ReadonlyMap<string, readonly Role[]> = new Map([
  ["GetRecord", ALL],
  ["GetChunk", ALL],
  ["FindByPixelDigest", ALL],
  ["FindByMacroDigest", ALL],
  ["FindBySubject", ALL],
  ["Lineage", ALL],
  ["Query", ALL],
  ["GetAnchor", ALL],
  ["Anchors", ALL],
  ["History", AUDITING],
  ["Attest", AUDITING],
  ["PutChunk", WRITING],
  ["PutPrivateChunk", WRITING],
  ["CommitRecord", WRITING],
  ["PutPrivateRecord", WRITING],
  ["Supersede", WRITING],
  ["Retract", WRITING],
  ["Anchor", WRITING],
]);

/** Refuses a caller whose certificate grants no role that may call `name`; what is not in the table nobody may. */
export function checkRole(identity: ClientIdentity, name: string): void {
  const allowed = ALLOWED.get(name);
  if (allowed === undefined) throw invalid(`There is no function ${name}.`);
  const granted = rolesOf(identity);
  if (!allowed.some((role) => granted.has(role))) {
    throw new Refusal("FORBIDDEN", `${name} needs the role ${allowed.join(" or ")}, which this certificate lacks.`);
  }
}

/** The roles in the attribute `bims.role` (a comma list) and in the organisational units of the subject. */
export function rolesOf(identity: ClientIdentity): ReadonlySet<string> {
  const attribute = identity.getAttributeValue("bims.role") ?? "";
  const told = [...attribute.split(",").map((word) => word.trim()), ...unitsOf(identity)];
  return new Set(told.filter((word) => (ALL as readonly string[]).includes(word)));
}

/**
 * Read from the certificate itself: `getID()` joins the names of a subject by slashes, and a common name with a slash
 * in it could pretend to be a unit.
 */
function unitsOf(identity: ClientIdentity): readonly string[] {
  const certificate = new X509Certificate(identity.getIDBytes()).toLegacyObject();
  const units = certificate.subject.OU as string | readonly string[] | undefined;
  return units === undefined ? [] : typeof units === "string" ? [units] : units;
}
