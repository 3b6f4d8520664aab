import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SUPPORTED, unsupportedServer } from '../../lib/core/supported.ts';

test.each([
  ['postgresql', '13.23'],
  ['postgresql', '18.4'],
  ['mysql', '8.0.11'],
  ['mysql', '8.4.5'],
  ['mysql', '8.0.39-aurora'],
  ['mysql', '9.7.4-2'],
] as const)('%s %s is supported', (engine, version) => {
  expect(unsupportedServer(engine, version)).toBeNull();
});

test.each([
  ['postgresql', '12.22', 'PostgreSQL 12.22', /^Use PostgreSQL 13 to 18: upgrade/],
  ['postgresql', '9.6.24', 'PostgreSQL 9.6.24', /upgrade/],
  ['postgresql', '19.0', 'PostgreSQL 19.0', /^Update aurora-migrations/],
  ['mysql', '5.7.44-log', 'MySQL 5.7.44', /^Use MySQL 8 to 9: upgrade/],
  ['mysql', '5.6.10', 'MySQL 5.6.10', /upgrade/],
  ['mysql', '10.11.18-MariaDB-0+deb12u1', 'MariaDB 10.11.18', /^Use MySQL 8 to 9/],
  // MariaDB of the version of a MySQL that is supported is none.
  ['mysql', '8.0.0-MariaDB', 'MariaDB 8.0.0', /^Use MySQL/],
] as const)('%s %s is refused by its name', (engine, version, name, remedy) => {
  const problem = unsupportedServer(engine, version);
  expect(problem).toMatchObject({ code: 'unsupported-server', remedy: expect.stringMatching(remedy) });
  expect(problem!.message).toContain(`The server is ${name}, and only `);
});

test('the README names the versions that are supported', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const { postgresql, mysql } = SUPPORTED;
  expect(readme).toContain(`PostgreSQL ${postgresql[0]} to ${postgresql.at(-1)}`);
  expect(readme).toContain(`MySQL ${mysql[0]} to ${mysql.at(-1)}`);
});
