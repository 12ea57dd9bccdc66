import { Hash } from '@smithy/core/serde';

/** What signs requests: SHA-256 by Node's own crypto, in the shape that SignatureV4 wants. */
export class Sha256 extends Hash {
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    super('sha256', secret);
  }
}
