import { createHash } from 'node:crypto';

/** A hash of bytes or text, hex. */
export function hash(algorithm: 'sha1' | 'sha256' | 'sha384', content: Buffer | string): string {
  return createHash(algorithm).update(content).digest('hex');
}

/** CRC-32 of bytes, as a signed number. */
export function crc32(bytes: Iterable<number>): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) | 0;
}
