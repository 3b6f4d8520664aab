import { expect, test } from 'vitest';
import { history } from '../../../lib/cli/render/history.ts';
import type { Attempt } from '../../../lib/runner/index.ts';
import { fakeScreen, NOW, shown } from '../fixtures.ts';

function attempt(facts: Partial<Attempt> = {}): Attempt {
  return {
    name: '001_initial_schema',
    attempt: 1,
    status: 'applied',
    checksum: 'f00d'.repeat(16),
    startedAt: '2026-11-22T11:57:00.000Z',
    finishedAt: '2026-11-22T11:57:01.000Z',
    executionTimeMs: 1000,
    statements: 2,
    statementsApplied: null,
    errorCode: null,
    errorMessage: null,
    errorDetail: null,
    errorHint: null,
    errorStatement: null,
    errorLine: null,
    runId: '11111111-2222-3333-4444-555555555555',
    hook: null,
    requestedBy: 'cli:ada',
    toolVersion: '0.1.0',
    otherName: null,
    statementsChecksum: 'beef'.repeat(16),
    remedy: null,
    ...facts,
  };
}

const ATTEMPTS = [
  attempt({ name: '002_create_users', attempt: 2, executionTimeMs: 8 }),
  attempt({
    name: '002_create_users',
    status: 'failed',
    executionTimeMs: 3,
    errorCode: '23505',
    errorMessage: 'could not create unique index "users_email"',
    errorDetail: 'Key (email)=(a@b.c) is duplicated.',
    errorStatement: 2,
    errorLine: 7,
  }),
  attempt(),
  attempt({ name: '000_create_migrations_table', status: 'running', executionTimeMs: null, finishedAt: null }),
];

function rendered(options: Parameters<typeof fakeScreen>[0], verbose = false) {
  return shown(history(ATTEMPTS, fakeScreen(options), { now: NOW, verbose }));
}

test('80 columns', () => {
  expect(rendered({ width: 80 })).toMatchInlineSnapshot(`
    "   started    migration                    attempt  status    took  by
    ✓  3 min ago  002_create_users                   2  applied   8 ms  cli:ada
    ✗  3 min ago  002_create_users                   1  failed    3 ms  cli:ada
      23505   could not create unique index "users_email"
      Detail  Key (email)=(a@b.c) is duplicated.
      At      statement 2, line 7
    ✓  3 min ago  001_initial_schema                 1  applied  1.0 s  cli:ada
    …  3 min ago  000_create_migrations_table        1  running         cli:ada
    "
  `);
});

test('verbose, 160 columns', () => {
  expect(rendered({ width: 160 }, true)).toMatchInlineSnapshot(`
    "   started (UTC)        migration                    attempt  status    took  by       run                                   checksum
    ✓  2026-11-22 11:57:00  002_create_users                   2  applied   8 ms  cli:ada  11111111-2222-3333-4444-555555555555  f00df00df00d
    ✗  2026-11-22 11:57:00  002_create_users                   1  failed    3 ms  cli:ada  11111111-2222-3333-4444-555555555555  f00df00df00d
      23505   could not create unique index "users_email"
      Detail  Key (email)=(a@b.c) is duplicated.
      At      statement 2, line 7
    ✓  2026-11-22 11:57:00  001_initial_schema                 1  applied  1.0 s  cli:ada  11111111-2222-3333-4444-555555555555  f00df00df00d
    …  2026-11-22 11:57:00  000_create_migrations_table        1  running         cli:ada  11111111-2222-3333-4444-555555555555  f00df00df00d
    "
  `);
});

test('no attempts', () => {
  expect(shown(history([], fakeScreen(), { now: NOW, verbose: false }))).toBe('No attempts\n');
});
