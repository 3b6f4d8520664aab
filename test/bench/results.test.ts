import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const results = read('bench/RESULTS.md');

test('the results say how they came about, and nothing of the machine but what it is', () => {
  for (const what of [
    'Command: `npm run bench`',
    'Commit: ',
    'Machine: ',
    'Node.js ',
    'PostgreSQL ',
    'sst ',
    'kysely ',
    'drizzle-orm ',
  ])
    expect(results).toContain(what);
  for (const own of [hostname(), homedir(), process.cwd(), 'registry', 'http'].filter(text => text.length > 3))
    expect(results).not.toContain(own);
});

test('what README says of speed stands in the results', () => {
  const claim = /Side by side[\s\S]*?\n\n/.exec(read('README.md'))?.[0] ?? '';
  const row = (title: string, name: string) => {
    const section = results.split('\n## ').find(text => text.startsWith(title)) ?? '';
    return (
      section
        .split('\n')
        .find(line => line.startsWith(`| ${name} `))
        ?.split('|')
        .map(cell => cell.trim()) ?? []
    );
  };
  const [, , calls, time] = row('50 pending × 5 statements', 'aurora-migrations');
  const [, , otherCalls, otherTime] = row('50 pending × 5 statements', 'drizzle');
  for (const figure of [`${calls} calls and ${time}`, `${otherCalls} calls and ${otherTime}`])
    expect(claim).toContain(figure);
});
