import { Sha256 as Sdk } from '@smithy/core/checksum';
import { expect, test } from 'vitest';
import { Sha256 } from '../../lambda/sha256.ts';

const utf8 = (text: string) => Buffer.from(text);
const bytes = Buffer.from('\u{1F600} bytes that are a part of a larger buffer').subarray(3, 20);

test.each([
  ['a text', undefined, utf8('AWS4-HMAC-SHA256\n\u00e4')],
  ['bytes', undefined, bytes],
  ['nothing', undefined, utf8('')],
  ['a text with a text as key', 'AWS4secret', utf8('20261201')],
  ['a text with bytes as key', bytes, utf8('rds-data')],
  ['bytes with a buffer as key', new Uint8Array([1, 2, 3]).buffer, bytes],
])('signs as the SDK does: %s', async (_, secret, data) => {
  const [ours, sdk] = [new Sha256(secret), new Sdk(secret)];
  for (const hash of [ours, sdk]) hash.update(data);
  const digest = await ours.digest();
  expect(Buffer.from(digest).toString('hex')).toBe(Buffer.from(await sdk.digest()).toString('hex'));
  expect(digest).toHaveLength(ours.digestLength);
  for (const hash of [ours, sdk]) {
    hash.reset();
    hash.update(utf8('once more'));
  }
  expect(await ours.digest()).toEqual(await sdk.digest());
});
