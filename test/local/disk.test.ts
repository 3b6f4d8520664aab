import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataApi } from '../../lib/data-api/index.ts';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { startEmbedded, startLocal } from '../../lib/local/index.ts';
import { migrate } from '../../lib/runner/index.ts';
import { type Files, manifestOf } from '../support/migrations.ts';

/** A folder on a disk of its own, of so many megabytes; undefined where the system lets us mount none. */
function smallDisk(megabytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-migrations-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Leaves so many kilobytes free. */
function fill(folder: string, left = 0): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - left * 1024)));
}

const FULL = {
  name: 'StartError',
  message: expect.stringMatching(/^The disk that holds .* is full: .*(No space left on device|ENOSPC)/),
  remedy: expect.stringMatching(/^Free disk space and run again: the database in that folder stays as it is/),
};

test('a disk that is full while the database is made', async context => {
  const disk = smallDisk(12);
  if (disk === undefined) return context.skip('no file system can be mounted here');
  await expect(startEmbedded({ directory: join(disk, 'db') })).rejects.toMatchObject(FULL);
  fill(disk);
  await expect(startEmbedded({ directory: join(disk, 'other') })).rejects.toMatchObject(FULL);
});

test('a disk that is full when the database is started: its data stays', async context => {
  const disk = smallDisk(120);
  if (disk === undefined) return context.skip('no file system can be mounted here');
  const directory = join(disk, 'db');
  await (await startEmbedded({ directory })).stop();
  fill(disk);
  await expect(startEmbedded({ directory })).rejects.toMatchObject(FULL);
  rmSync(join(disk, 'filler'));
  await (await startEmbedded({ directory })).stop();
});

test('a disk that is full while a migration runs: the file is not to blame', async context => {
  const disk = smallDisk(150);
  if (disk === undefined) return context.skip('no file system can be mounted here');
  await using local = await startLocal({ embedded: { directory: join(disk, 'db') } });
  const { resourceArn, secretArn, endpoint, region, credentials, database: name } = local;
  const database = dataApi({ resourceArn, secretArn, database: name, client: { endpoint, region, credentials } });
  const run = async (files: Files) =>
    migrate({
      ...{ database, engine: postgresql(), requestedBy: 'test' },
      migrations: await manifestOf(files),
    });
  const files = { '001_t': 'create unlogged table t (s text);' };
  await run(files);
  fill(disk, 4096);
  const report = await run({
    ...files,
    '002_x': 'insert into t select repeat(md5(n::text), 50) from generate_series(1, 20000) n;',
  });
  expect(report.migrations.at(-1)!.error).toMatchObject({
    code: '53100',
    remedy: expect.stringMatching(/^It was rolled back completely\. Free disk space, then run again\./),
  });
  rmSync(join(disk, 'filler'));
});
