import picocolors from 'picocolors';
import type { Screen } from '../../lib/cli/render/screen.ts';
import type { MigrationReport, Report, State } from '../../lib/core/report.ts';

export const NOW = new Date('2026-11-22T12:00:00Z');

/** A screen that nobody looks at: what is written is kept. */
export function fakeScreen({ width = 80, color = false, live = false } = {}): Screen & { readonly written: string } {
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  return {
    width,
    live,
    color: picocolors.createColors(color),
    write,
    lines: lines => write(lines.map(line => `${line}\n`).join('')),
    get written() {
      return written;
    },
  };
}

export function migration(name: string, facts: Partial<MigrationReport> = {}): MigrationReport {
  return {
    name,
    version: name.split('_')[0]!,
    description: name.slice(name.indexOf('_') + 1).replaceAll('_', ' '),
    file: `sql/migrations/${name}.sql`,
    state: 'applied',
    mode: 'atomic',
    checksum: 'f00d'.repeat(16),
    attempt: 1,
    at: '2026-11-22T11:57:00.000Z',
    executionTimeMs: 12,
    statements: 2,
    statementsApplied: null,
    error: null,
    ...facts,
  };
}

export function pending(name: string): MigrationReport {
  return migration(name, { state: 'pending', attempt: 0, at: null, executionTimeMs: null });
}

export function failed(name: string, facts: Partial<MigrationReport> = {}): MigrationReport {
  return migration(name, {
    state: 'failed',
    statements: 3,
    error: {
      code: '42P01',
      message: 'relation "userz" does not exist',
      detail: null,
      hint: 'Perhaps you meant to reference the table "users".',
      statement: 2,
      file: `sql/migrations/${name}.sql`,
      line: 4,
      column: 13,
      remedy: `Correct sql/migrations/${name}.sql and run "up" again: nothing needs to be repaired`,
    },
    ...facts,
  });
}

export function counted(migrations: readonly MigrationReport[]): Record<State, number> {
  const counts = { pending: 0, applied: 0, failed: 0, changed: 0, reverted: 0, baselined: 0, replaced: 0, missing: 0 };
  for (const { state } of migrations) counts[state]++;
  return counts;
}

export function report(migrations: readonly MigrationReport[], facts: Partial<Report> = {}): Report {
  return {
    outcome: 'applied',
    runId: '11111111-2222-3333-4444-555555555555',
    startedAt: '2026-11-22T11:59:59.000Z',
    executionTimeMs: 412,
    dataApiCalls: 7,
    migrations,
    applied: [],
    counts: counted(migrations),
    problems: [],
    notes: [],
    ...facts,
  };
}

const STYLES: Readonly<Record<string, string>> = {
  '1': 'bold',
  '2': 'dim',
  '22': '/',
  '31': 'red',
  '32': 'green',
  '33': 'yellow',
  '35': 'magenta',
  '36': 'cyan',
  '39': '/',
};

/** Lines as one text, with escape sequences as tags that people can read. */
export function shown(lines: readonly string[]): string {
  const text = lines.map(line => `${line}\n`).join('');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what we look for
  return text.replace(/\u001b\[(\d+)m/g, (_, code: string) => `<${STYLES[code] ?? code}>`);
}
