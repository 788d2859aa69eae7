/** What `fabric-chaincode-node` starts. */

import { ProvenanceLedger } from "./contract";

export const contracts = [ProvenanceLedger];
