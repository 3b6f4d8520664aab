import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Local, startLocal } from '../../lib/local/index.ts';
import { main, type World } from '../../probe/main.ts';
import { PROBES } from '../../probe/probes/index.ts';
import { emptyDatabase } from './support.ts';

const SCALE = 0.02;
const folder = mkdtempSync(join(tmpdir(), 'probe-'));
let local: Local;
let databases: Awaited<ReturnType<typeof emptyDatabase>>[];

beforeAll(async () => {
  databases = [await emptyDatabase('postgresql'), await emptyDatabase('postgresql')];
  local = await startLocal({ ...databases[0]!.options, clocks: { scale: SCALE } });
});
afterAll(async () => {
  await local.stop();
  for (const database of databases) await database.stop();
  rmSync(folder, { recursive: true });
});

async function run(argv: readonly string[], more: Partial<World> = {}) {
  const lines: string[] = [];
  const { region, credentials } = local;
  const world: World = {
    write: line => lines.push(line),
    ask: undefined,
    signal: new AbortController().signal,
    client: { region, credentials: { ...credentials } },
    local: databases[1]!.options,
    scale: SCALE,
    ...more,
  };
  const code = await main(argv, world);
  return { code, output: lines.join('\n') };
}

const target = () => [
  ...['--cluster-arn', local.resourceArn, '--secret-arn', local.secretArn, '--database', local.database],
  ...['--endpoint', local.endpoint, '--out', join(folder, 'report.md')],
];

const sent = () => local.log.entries.map(({ sql }) => sql ?? '');

test('lists what it would send, asks, and sends nothing else without a yes', async () => {
  const before = sent().length;
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return 'no';
  };
  const { code, output } = await run(target(), { ask });
  expect(code).toBe(1);
  expect(asked).toHaveLength(1);
  expect(output).toContain('create table aurora_migrations_probe.probe_failed');
  expect(sent().slice(before)).toEqual(['select 1', 'select version()']);
});

test('where nobody can be asked, it does not start', async () => {
  const { code, output } = await run(target());
  expect(code).toBe(1);
  expect(output).toMatch(/Answer "yes", or give --yes/);
});

test('every statement that is sent stands in the list, and the report says what was found', async () => {
  const before = sent().length;
  const { code, output } = await run([...target(), '--yes']);
  expect(code).toBe(0);
  const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');
  const listed = oneLine(output.replaceAll('⏎', ' ').replace(/ +/g, ' '));
  const statements = new Set(sent().slice(before));
  statements.delete('select version()');
  const scaled = (sql: string) =>
    sql.replace(/pg_sleep\(([\d.]+)\)/, (_, n) => `pg_sleep(${Math.round(Number(n) / SCALE)})`);
  const missing = [...statements].filter(
    sql => !listed.includes(oneLine(scaled(sql)).replace(/ +/g, ' ').slice(0, 60)),
  );
  expect(missing).toEqual([]);
  expect(statements.size).toBeGreaterThan(40);
  const report = readFileSync(join(folder, 'report.md'), 'utf8');
  expect(report).toContain('| `switches.commitAfterError` | `"committed"` |');
  expect(report).toMatch(/## What the local Data API does otherwise, with these switches\n\nNothing\./);
});

describe('an interruption', () => {
  test('removes the schema, and says so', async () => {
    const interruption = new AbortController();
    const write = (line: string) => {
      if (line.startsWith('#8')) interruption.abort();
    };
    const before = sent().length;
    const { code } = await run([...target(), '--yes'], { signal: interruption.signal, write });
    expect(code).toBe(1);
    const after = sent().slice(before);
    expect(after).toContain('create table aurora_migrations_probe.probe_plain (id int)');
    expect(after.filter(sql => sql.startsWith('drop schema')).length).toBe(2);
    expect(after.some(sql => sql.includes('probe_failed'))).toBe(false);
  });
});

test.each([
  [[], /--cluster-arn is missing/],
  [['--clusterarn', 'x'], /Unknown option '--clusterarn'/],
])('a command line that cannot be read: %j', async (argv, message) => {
  const { code, output } = await run(argv);
  expect(code).toBe(2);
  expect(output).toMatch(message);
});

test('entries that are settled stand in docs/fidelity.md', () => {
  const fidelity = readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8');
  const entries = [...new Set(PROBES.flatMap(({ settles }) => settles))];
  expect(entries.filter(entry => !fidelity.includes(entry))).toEqual([]);
  expect(entries.length).toBeGreaterThan(8);
});
