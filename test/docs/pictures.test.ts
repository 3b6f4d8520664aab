import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pictures } from '../../docs/make-pictures.ts';
import { inTemporaryFolder } from '../cli/run.ts';
import { freshDatabase } from '../support/postgresql.ts';
import { document, ROOT } from './markdown.ts';

inTemporaryFolder();

test('the pictures show what the command line says: make them anew with UPDATE_DOCS=1', async () => {
  await using database = await freshDatabase();
  const made = await pictures(database.url);
  expect([...made.keys()].toSorted()).toEqual(['failure.svg', 'status.svg', 'up.svg']);
  for (const [file, svg] of made) {
    if (process.env.UPDATE_DOCS) writeFileSync(`${ROOT}docs/pictures/${file}`, svg);
    else expect(svg, file).toBe(document(`docs/pictures/${file}`));
  }
});
