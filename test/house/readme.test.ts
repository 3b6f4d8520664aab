import { readFileSync } from 'node:fs';
import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { overview } from '../../lib/cli/help.ts';
import { COMMANDS } from '../../lib/cli/index.ts';
import { ROOT } from './source.ts';

const readme = readFileSync(`${ROOT}README.md`, 'utf8');

test('the README shows the command line as --help does', () => {
  expect(readme).toContain(`\`\`\`\n${overview(COMMANDS, picocolors.createColors(false))}\`\`\`\n`);
});

test('the README names scripts and files that exist', () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(script => !(script in scripts))).toEqual([]);
});
