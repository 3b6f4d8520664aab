import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compile } from '../../lib/compile/index.ts';

const CORPUS = fileURLToPath(new URL('../../../shared/corpora/authelia/postgresql', import.meta.url));
const there = existsSync(CORPUS);

describe('the migrations of Authelia', () => {
  test.runIf(there)('compile, with a word on three that hold no statement', async () => {
    const { manifest, errors, warnings } = await compile({ dir: CORPUS, engine: 'postgresql' });
    expect(errors).toEqual([]);
    expect(warnings.map(({ code, migration }) => [code, migration])).toEqual([
      ['empty-migration', '0021_my_sql_cached_value_type'],
      ['empty-migration', '0025_storage_aad'],
      ['empty-migration', '0026_storage_aad_row_scoped'],
    ]);
    expect(manifest.migrations.length).toBe(27);
    expect(manifest.migrations.every(({ mode }) => mode === 'atomic')).toBe(true);
    expect(readdirSync(CORPUS).length).toBeGreaterThan(26);
  });

  test.runIf(!there)('not tested: put its storage migrations into ../shared/corpora/authelia/postgresql', () => {
    expect(there).toBe(false);
  });
});
