/** `ProvenanceLedger`: the functions that a channel's members call. Each is a line; the nouns do the work. */

import { Context, Contract } from "fabric-contract-api";

import { anchor, anchors, getAnchor } from "./anchors";
import { attest } from "./attestations";
import { getChunk, putChunk, putPrivateChunk } from "./chunks";
import { history } from "./history";
import { lineage } from "./lineage";
import { putPrivateRecord } from "./private_records";
import { commitRecord, getRecord } from "./records";
import { invalid } from "./refusal";
import { checkRole } from "./roles";
import { findBy, query } from "./search";
import { isUtf8 } from "./utf8";
import { retract, supersede } from "./withdrawals";
import { World } from "./world";

/** The shim turns arguments into text and loses what was no UTF-8; the bytes tell. */
interface RawArguments {
  getBufferArgs(): readonly Buffer[];
}

export class ProvenanceLedger extends Contract {
  constructor() {
    super("ProvenanceLedger");
  }

  override async beforeTransaction(context: Context): Promise<void> {
    const raw = (context.stub as unknown as RawArguments).getBufferArgs();
    if (!raw.every(isUtf8)) throw invalid("The arguments are not UTF-8.");
    checkRole(context.clientIdentity, context.stub.getFunctionAndParameters().fcn.replace(/^.*:/s, ""));
    return Promise.resolve();
  }

  override async unknownTransaction(): Promise<void> {
    return Promise.reject(invalid("There is no such function."));
  }

  async PutChunk(context: Context, dataBase64: string): Promise<string> {
    return putChunk(new World(context), dataBase64);
  }

  async PutPrivateChunk(context: Context, collection: string): Promise<string> {
    return putPrivateChunk(new World(context), collection);
  }

  async CommitRecord(context: Context, entry: string, contents: string): Promise<string> {
    return commitRecord(new World(context), entry, contents);
  }

  async PutPrivateRecord(context: Context, entry: string, collection: string): Promise<string> {
    return putPrivateRecord(new World(context), entry, collection);
  }

  async Attest(context: Context, entry: string): Promise<string> {
    return attest(new World(context), entry);
  }

  async Supersede(context: Context, entry: string): Promise<string> {
    return supersede(new World(context), entry);
  }

  async Retract(context: Context, entry: string): Promise<string> {
    return retract(new World(context), entry);
  }

  async Anchor(context: Context, note: string, key: string, proof: string): Promise<string> {
    return anchor(new World(context), note, key, proof);
  }

  async GetRecord(context: Context, record: string): Promise<string> {
    return getRecord(new World(context), record);
  }

  async GetChunk(context: Context, chunk: string, collection: string): Promise<string> {
    return getChunk(new World(context), chunk, collection);
  }

  async FindByPixelDigest(context: Context, digest: string): Promise<string> {
    return findBy(new World(context), "pixels", digest);
  }

  async FindByMacroDigest(context: Context, digest: string): Promise<string> {
    return findBy(new World(context), "macro", digest);
  }

  async FindBySubject(context: Context, digest: string): Promise<string> {
    return findBy(new World(context), "subject", digest);
  }

  async Lineage(context: Context, record: string, direction: string, depth: string): Promise<string> {
    return lineage(new World(context), record, direction, depth);
  }

  async Query(context: Context, queryJson: string, pageSize: string, bookmark: string): Promise<string> {
    return query(new World(context), queryJson, pageSize, bookmark);
  }

  async History(context: Context, record: string): Promise<string> {
    return history(new World(context), record);
  }

  async GetAnchor(context: Context, origin: string): Promise<string> {
    return getAnchor(new World(context), origin);
  }

  async Anchors(context: Context, origin: string, pageSize: string, bookmark: string): Promise<string> {
    return anchors(new World(context), origin, pageSize, bookmark);
  }
}
