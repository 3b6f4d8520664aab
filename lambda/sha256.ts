import { createHash, createHmac } from 'node:crypto';

type Source = string | ArrayBuffer | ArrayBufferView;

/**
 * Stands in the bundle for `@smithy/core/checksum`, of which the SDK's clients use SHA-256 to sign. What else that has (CRC32, MD5, all of them once
 * more in JavaScript, for where `node:crypto` is missing) no function needs.
 */
export class Sha256 {
  readonly digestLength = 32;
  readonly #secret: Source | undefined;
  #hash;

  constructor(secret?: Source) {
    this.#secret = secret;
    this.#hash = this.#begin();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin() {
    return this.#secret ? createHmac('sha256', bytesOf(this.#secret)) : createHash('sha256');
  }
}

function bytesOf(data: Source): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
