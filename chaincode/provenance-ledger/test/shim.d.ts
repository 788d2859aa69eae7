declare module "fabric-shim/lib/contract-spi/chaincodefromcontract" {
  import type { ChaincodeInterface } from "fabric-shim-api";

  /** What the shim runs for every proposal: marshalling, roles, the contract's function. */
  class ChaincodeFromContract implements ChaincodeInterface {
    constructor(contracts: unknown[], serializers: object, metadata?: object, title?: string, version?: string);
    Init: ChaincodeInterface["Init"];
    Invoke: ChaincodeInterface["Invoke"];
  }
  export = ChaincodeFromContract;
}
