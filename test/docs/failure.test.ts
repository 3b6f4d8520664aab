import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../cli/run.ts';
import { blocks, document, ROOT } from './markdown.ts';
import { endStanding, PROVOCATIONS } from './provocations.ts';

const FILE = 'docs/failure.md';
const written = new Map(
  blocks(document(FILE))
    .filter(({ language, info }) => language === 'text' && info !== '')
    .map(({ info, text }) => [info, text.trim()]),
);

/** Where a line of an answer is wrapped depends on how many digits a process or a time has, which the document does not show. */
const unwrapped = (text?: string) => text?.trim().replaceAll(/\n {12}(?=\S)/g, ' ');

inTemporaryFolder();
afterAll(endStanding);

describe(`${FILE}: what it quotes is what is said`, () => {
  test('each failure that is provoked is described, each that is quoted is provoked', () => {
    expect([...written.keys()].sort()).toEqual(Object.keys(PROVOCATIONS).sort());
  });

  // UPDATE_DOCS=1 writes what was said into the document.
  test.each(Object.keys(PROVOCATIONS))('%s', async name => {
    const said = (await PROVOCATIONS[name]!()).trim();
    if (process.env.UPDATE_DOCS) {
      const begin = `\`\`\`text ${name}\n`;
      const [before, after = ''] = document(FILE).split(begin);
      const rest = after.slice(after.indexOf('```'));
      writeFileSync(ROOT + FILE, `${before}${begin}${said}\n${rest}`);
    } else {
      expect(unwrapped(said)).toBe(unwrapped(written.get(name)));
      const inReadme = blocks(document('README.md')).find(({ language, info }) => language === 'text' && info === name);
      if (inReadme) expect(unwrapped(inReadme.text)).toBe(unwrapped(said));
    }
  });
});
