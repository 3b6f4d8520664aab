import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile, reader, writeCompiled } from '../../lib/compile/index.ts';
import { bodyFile, MANIFEST_FILE } from '../../lib/core/manifest.ts';
import { compileFiles, withFolder } from './folder.ts';

const FILES = {
  '2_b.sql': "insert into a values ('é')",
  '1_a.sql': 'create table a (b text);\n-- migrate:down\ndrop table a;',
  'R__v.sql': 'create view v as select 1',
};

/** Every file of a folder, with its text. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.json'));
  return Object.fromEntries(files.sort().map(path => [path, readFileSync(join(folder, path), 'utf8')]));
}

describe('a compiled folder', () => {
  test('is one index and one file a migration', async () => {
    await withFolder({}, async folder => {
      const compiled = await compileFiles(FILES);
      writeCompiled(compiled, join(folder, 'deep/er'));
      const written = contents(join(folder, 'deep/er'));
      expect(Object.keys(written)).toEqual([
        MANIFEST_FILE,
        ...['000_create_migrations_table', '1_a', '2_b', 'R__v'].map(bodyFile),
      ]);
      expect(JSON.parse(written[MANIFEST_FILE]!)).toEqual(compiled.manifest);
      for (const { name } of compiled.manifest.migrations) {
        expect(JSON.parse(written[bodyFile(name)]!)).toEqual(await reader(compiled).body(name));
      }
    });
  });

  test('the same files give the same bytes, wherever they lie and in whatever order they were made', async () => {
    const write = (files: Record<string, string>) =>
      withFolder({}, async folder => {
        writeCompiled(await compileFiles(files), folder);
        return contents(folder);
      });
    const turned = Object.fromEntries(Object.entries(FILES).reverse());
    expect(await write(turned)).toEqual(await write(FILES));
  });

  test('what a file is called in messages is not in the digest, all else is', async () => {
    const digest = async (files: Record<string, string>, relativeTo?: string) =>
      (await compileFiles(files, relativeTo === undefined ? {} : { relativeTo })).manifest.digest;
    const before = await digest(FILES);
    expect(await digest(FILES, '/elsewhere')).toBe(before);
    expect(await digest({ ...FILES, '2_b.sql': `${FILES['2_b.sql']} ` })).not.toBe(before);
    expect(await digest({ ...FILES, '1_a.sql': FILES['1_a.sql'].replace('drop table a', 'drop table  a') })).not.toBe(
      before,
    );
    expect(await digest({ ...FILES, '3_c.sql': '' })).not.toBe(before);
  });

  test('a body that is not there', async () => {
    await expect(reader(await compileFiles(FILES)).body('9_x')).rejects.toThrow('no migration 9_x');
  });

  test('a file that changes between two compilations changes only its own', async () => {
    await withFolder(FILES, async dir => {
      const one = await compile({ dir, engine: 'postgresql' });
      writeFileSync(join(dir, '2_b.sql'), "-- another comment\ninsert into a values ('é')");
      const two = await compile({ dir, engine: 'postgresql' });
      const changed = one.manifest.migrations.filter(
        (entry, at) => JSON.stringify(entry) !== JSON.stringify(two.manifest.migrations[at]),
      );
      expect(changed.map(({ name }) => name)).toEqual(['2_b']);
      expect(two.manifest.migrations[2]!.statementsChecksum).toBe(one.manifest.migrations[2]!.statementsChecksum);
      expect(two.manifest.migrations[2]!.checksum).not.toBe(one.manifest.migrations[2]!.checksum);
    });
  });
});
