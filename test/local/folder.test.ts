import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { enter } from '../../lib/local/server/folder.ts';

const uid = process.getuid?.() ?? 0;
/** What the folder of temporary servers is called. */
let base: string;
let tmp: string;

beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'tmp-'));
  vi.stubEnv('TMPDIR', tmp);
  base = join(tmp, `servers-${uid}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(tmp, { recursive: true });
});

async function entered() {
  const stopped: string[] = [];
  const { directory, membership } = await enter(undefined, {
    base: 'servers',
    stop: async folder => void stopped.push(folder),
  });
  await membership.leave(async () => {});
  return { directory, stopped };
}

describe.skipIf(process.getuid === undefined)('the folder of temporary servers', () => {
  test('is used where it is ours, and what killed processes left in it is stopped and removed', async () => {
    const left = join(base, 'temporary.1.0.abcd');
    mkdirSync(left, { recursive: true });
    const { directory, stopped } = await entered();
    expect(dirname(directory)).toBe(base);
    expect(stopped).toEqual([left]);
    expect(existsSync(left)).toBe(false);
  });

  test.each<[string, (left: string) => void]>([
    ['everybody may write to', () => chmodSync(base, 0o777)],
    ['a group may write to', () => chmodSync(base, 0o775)],
    ...(uid === 0 ? [['another user made', () => chownSync(base, 65_534, 65_534)] as [string, () => void]] : []),
    [
      'is a link',
      () => {
        const elsewhere = join(tmp, 'elsewhere');
        rmSync(base, { recursive: true });
        mkdirSync(join(elsewhere, 'temporary.1.0.abcd'), { recursive: true });
        symlinkSync(elsewhere, base);
      },
    ],
  ])('is not used where it is one that %s', async (_, make) => {
    const left = join(base, 'temporary.1.0.abcd');
    mkdirSync(left, { recursive: true });
    make(left);
    const { directory, stopped } = await entered();
    expect(dirname(directory)).toBe(tmp);
    expect(lstatSync(directory)).toMatchObject({ uid });
    expect(lstatSync(directory).mode & 0o777).toBe(0o700);
    expect(stopped).toEqual([]);
    expect(existsSync(left)).toBe(true);
  });
});
