import { describe, expect, test } from 'vitest';
import type { History, HistoryEntry } from '../../lib/core/history.ts';
import { locate } from '../../lib/core/locate.ts';
import type { Manifest, Migration } from '../../lib/core/manifest.ts';
import { makePlan, type PlanOptions, type Resume } from '../../lib/core/plan.ts';
import { stateOf } from '../../lib/core/state.ts';

const NEW = 'a'.repeat(64);
const OLD = 'b'.repeat(64);
const short = (sum: string) => sum.slice(0, 16);

function migration(name: string, more: Partial<Migration> = {}): Migration {
  const version = /^\d+/.exec(name)?.[0] ?? null;
  return {
    name,
    version,
    file: `${name}.sql`,
    description: name,
    created: null,
    checksum: NEW,
    statementsChecksum: NEW,
    mode: 'atomic',
    reapply: false,
    statements: 3,
    revertible: false,
    names: [],
    drops: [],
    once: [],
    destructive: null,
    ifNotExists: null,
    replaces: [],
    again: [],
    ...more,
  };
}

type Status = HistoryEntry['latest']['status'];
type InForce = NonNullable<HistoryEntry['inForce']>;

/** An entry whose latest attempt is that, with what counts below it. */
function entry(
  name: string,
  status: Status,
  sum = NEW,
  more: { inForce?: Partial<InForce> | null; done?: number; at?: number } = {},
): HistoryEntry {
  const counts = status === 'applied' || status === 'reverted' || status === 'baselined';
  const base = { status: 'applied' as const, statementsChecksum: short(sum), at: more.at ?? 1000, byOtherHook: false };
  // Nobody tries to apply what is applied with the same statements.
  const isDown =
    !counts &&
    more.inForce &&
    short(sum) === (more.inForce.statementsChecksum ?? short(sum)) &&
    more.inForce.status !== 'reverted';
  return {
    name,
    latest: {
      attempt: 1,
      direction: status === 'reverted' || isDown ? 'down' : 'up',
      status,
      statementsChecksum: short(sum),
      statementsApplied: more.done ?? (counts ? 3 : 0),
      at: more.at ?? 1000,
      executionTimeMs: 5,
    },
    inForce:
      more.inForce === null ? null : more.inForce ? { ...base, ...more.inForce } : counts ? { ...base, status } : null,
  };
}

const history = (...entries: HistoryEntry[]): History => ({
  installed: true,
  entries: new Map(entries.map(one => [one.name, one])),
  openRequest: null,
  leaseTaken: null,
  server: 17,
});
const manifest = (...migrations: Migration[]): Manifest => ({
  format: 1,
  engine: 'postgresql',
  digest: '',
  migrations,
});
const plan = (
  migrations: Migration[],
  entries: HistoryEntry[],
  options: PlanOptions = {},
  resumes: [string, Resume][] = [],
) => makePlan(manifest(...migrations), history(...entries), new Map(resumes), options);

describe('the state of a migration', () => {
  test.each<[string, HistoryEntry | undefined, string]>([
    ['never seen', undefined, 'pending'],
    ['applied as it is', entry('1_a', 'applied'), 'applied'],
    ['applied otherwise', entry('1_a', 'applied', OLD), 'changed'],
    ['baselined as it is', entry('1_a', 'baselined'), 'baselined'],
    ['baselined otherwise', entry('1_a', 'baselined', OLD), 'changed'],
    ['reverted', entry('1_a', 'reverted'), 'reverted'],
    ['reverted, then changed', entry('1_a', 'reverted', OLD), 'reverted'],
    ['failed as it is', entry('1_a', 'failed'), 'failed'],
    ['failed otherwise', entry('1_a', 'failed', OLD), 'failed'],
    ['running, nothing done', entry('1_a', 'running'), 'pending'],
    ['running, half done', entry('1_a', 'running', NEW, { done: 1 }), 'pending'],
    ['failed half way', entry('1_a', 'failed', NEW, { done: 1 }), 'failed'],
    [
      'applied, the change failed',
      entry('1_a', 'failed', NEW, { inForce: { statementsChecksum: short(OLD) } }),
      'failed',
    ],
    [
      'applied, a change failed, the change undone',
      entry('1_a', 'failed', OLD, { inForce: { statementsChecksum: short(NEW) } }),
      'applied',
    ],
    [
      'applied, a change failed, changed once more',
      entry('1_a', 'failed', 'c'.repeat(64), { inForce: { statementsChecksum: short(OLD) } }),
      'changed',
    ],
    ['applied, reverted, then failed', entry('1_a', 'failed', NEW, { inForce: { status: 'reverted' } }), 'failed'],
  ])('%s', (_, its, state) => {
    expect(stateOf(migration('1_a'), its)).toBe(state);
  });

  test('the tracking tables are applied, whatever version made them', () => {
    expect(
      stateOf(migration('000_create_migrations_table'), entry('000_create_migrations_table', 'applied', OLD)),
    ).toBe('applied');
    expect(stateOf(migration('000_create_migrations_table'), undefined)).toBe('pending');
  });
});

describe('the plan', () => {
  test.each<[string, HistoryEntry | undefined, string | null]>([
    ['pending', undefined, 'pending'],
    ['applied', entry('1_a', 'applied'), null],
    ['baselined', entry('1_a', 'baselined'), null],
    ['changed', entry('1_a', 'applied', OLD), 'changed'],
    ['failed', entry('1_a', 'failed'), 'failed'],
    ['failed, then edited', entry('1_a', 'failed', OLD), 'failed'],
    ['its change failed', entry('1_a', 'failed', NEW, { inForce: { statementsChecksum: short(OLD) } }), 'failed'],
    [
      'its change failed and was undone',
      entry('1_a', 'failed', OLD, { inForce: { statementsChecksum: short(NEW) } }),
      null,
    ],
    ['reverted', entry('1_a', 'reverted'), 'reverted'],
    ['reverted, its reapplication failed', entry('1_a', 'failed', NEW, { inForce: { status: 'reverted' } }), 'failed'],
    ['left running by a dead run, nothing done', entry('1_a', 'running'), 'pending'],
    [
      'changed, and its rerun was left running',
      entry('1_a', 'running', NEW, { inForce: { statementsChecksum: short(OLD) } }),
      'changed',
    ],
  ])('%s', (_, its, reason) => {
    const { steps, problems } = plan([migration('1_a')], its ? [its] : []);
    expect(problems).toEqual([]);
    expect(steps).toEqual(
      reason === null ? [] : [{ migration: '1_a', reason, mode: 'atomic', from: 1, statements: 3 }],
    );
  });

  const half = entry('1_a', 'failed', OLD, { done: 2 });
  test('goes on with one that is half done', () => {
    expect(
      plan([migration('1_a', { mode: 'stepwise' })], [half], {}, [['1_a', { done: 2, edited: null }]]).steps,
    ).toEqual([{ migration: '1_a', reason: 'resumed', mode: 'stepwise', from: 3, statements: 3 }]);
  });

  test('stops where one that is half done was edited in what is committed', () => {
    const { steps, problems } = plan([migration('1_a')], [half], {}, [['1_a', { done: 2, edited: 1 }]]);
    expect(steps).toEqual([]);
    expect(problems).toMatchObject([{ code: 'edited-half-done', migration: '1_a' }]);
  });

  const destructive = { what: 'drops table users', line: 12 };
  test.each<[string, Partial<Migration>, Partial<InForce>, PlanOptions, string | null]>([
    ['harmless', {}, {}, {}, null],
    ['destructive', { destructive }, {}, {}, 'changed-destructive'],
    ['destructive, reapply:true', { destructive, reapply: true }, {}, {}, null],
    ['baselined', {}, { status: 'baselined' }, {}, 'changed-baselined'],
    ['baselined, reapply:true', { reapply: true }, { status: 'baselined' }, {}, null],
    ['of another hook', {}, { byOtherHook: true }, {}, 'other-hook'],
    ['of another hook, reapply:true', { reapply: true }, { byOtherHook: true }, {}, 'other-hook'],
    ['onChanged: fail', {}, {}, { onChanged: 'fail' }, 'changed'],
    ['onChanged: fail, reapply:true', { reapply: true }, {}, { onChanged: 'fail' }, 'changed'],
  ])('a change that is %s', (_, more, inForce, options, code) => {
    const { steps, problems } = plan(
      [migration('1_a', more)],
      [entry('1_a', 'applied', OLD, { inForce: { statementsChecksum: short(OLD), ...inForce } })],
      options,
    );
    expect(problems.map(problem => problem.code)).toEqual(code === null ? [] : [code]);
    expect(steps.map(step => step.reason)).toEqual(code === null ? ['changed'] : []);
  });

  test.each<[string, Migration, HistoryEntry | null, boolean]>([
    [
      'a later one names the same',
      migration('2_b', { names: ['t', 'x'] }),
      entry('2_b', 'applied', NEW, { at: 2000 }),
      true,
    ],
    ['a later one names others', migration('2_b', { names: ['x'] }), entry('2_b', 'applied', NEW, { at: 2000 }), false],
    ['a later one is not applied', migration('2_b', { names: ['t'] }), null, false],
    [
      'a later one was reverted',
      migration('2_b', { names: ['t'] }),
      entry('2_b', 'reverted', NEW, { at: 2000 }),
      false,
    ],
    [
      'a later one was baselined',
      migration('2_b', { names: ['t'] }),
      entry('2_b', 'baselined', NEW, { at: 2000 }),
      true,
    ],
    [
      'a later one was applied before (a late branch)',
      migration('2_b', { names: ['t'] }),
      entry('2_b', 'applied', NEW, { at: 500 }),
      true,
    ],
    [
      'an earlier one was applied after (a late branch)',
      migration('0_b', { names: ['t'] }),
      entry('0_b', 'applied', NEW, { at: 2000 }),
      true,
    ],
    [
      'an earlier one was applied before',
      migration('0_b', { names: ['t'] }),
      entry('0_b', 'applied', NEW, { at: 500 }),
      false,
    ],
    [
      'a repeatable one names the same',
      migration('R__b', { names: ['t'] }),
      entry('R__b', 'applied', NEW, { at: 2000 }),
      true,
    ],
  ])('a change while %s', (_, other, its, stops) => {
    const own = migration('1_a', { names: ['t'] });
    const all = other.name < '1_a' ? [other, own] : [own, other];
    const { problems } = plan(all, [entry('1_a', 'applied', OLD), ...(its ? [its] : [])]);
    expect(problems.map(problem => problem.code)).toEqual(stops ? ['changed-below'] : []);
  });

  test('a change below what is not in the folder', () => {
    expect(
      plan([migration('1_a')], [entry('1_a', 'applied', OLD), entry('2_gone', 'applied', NEW, { at: 2000 })]).problems,
    ).toMatchObject([{ code: 'changed-below', message: expect.stringContaining('2_gone') }]);
    expect(
      plan([migration('1_a')], [entry('1_a', 'applied', OLD), entry('0_gone', 'applied', NEW, { at: 500 })]).problems,
    ).toEqual([]);
  });

  test('a changed repeatable one is applied whatever it does', () => {
    expect(plan([migration('R__v', { destructive })], [entry('R__v', 'applied', OLD)])).toMatchObject({
      problems: [],
      steps: [{ reason: 'changed' }],
    });
  });

  test('all problems are told at once, and an ignored change is noted', () => {
    const two = [migration('1_a', { destructive }), migration('2_b', { destructive })];
    const entries = [entry('1_a', 'applied', OLD), entry('2_b', 'applied', OLD)];
    expect(plan(two, entries).problems.map(problem => problem.migration)).toEqual(['1_a', '2_b']);
    expect(plan(two, entries, { onChanged: 'ignore' })).toMatchObject({
      steps: [],
      problems: [],
      notes: [expect.stringContaining('1_a'), expect.stringContaining('2_b')],
    });
  });

  test('a late branch', () => {
    const three = [migration('1_a'), migration('2_b'), migration('3_c')];
    const entries = [entry('1_a', 'applied'), entry('3_c', 'applied')];
    expect(plan(three, entries)).toMatchObject({
      steps: [{ migration: '2_b' }],
      problems: [],
      notes: [expect.stringMatching(/2_b is older than 3_c/)],
    });
    expect(plan(three, entries, { outOfOrder: 'fail' })).toMatchObject({
      steps: [],
      problems: [{ code: 'out-of-order', migration: '2_b', remedy: expect.stringContaining('3_c') }],
    });
    // One that failed before was no branch.
    expect(
      plan(three, [entry('1_a', 'applied'), entry('2_b', 'failed'), entry('3_c', 'applied')], { outOfOrder: 'fail' })
        .steps,
    ).toHaveLength(1);
    // Repeatables have no order among the numbers.
    expect(
      plan([migration('1_a'), migration('R__v')], [entry('R__v', 'applied')], { outOfOrder: 'fail' }),
    ).toMatchObject({ problems: [], notes: [] });
  });

  test('what is missing is told, five by name', () => {
    const gone = Array.from({ length: 7 }, (_, nth) => entry(`${nth + 1}_gone`, 'applied'));
    expect(plan([], gone).notes).toEqual([expect.stringMatching(/1_gone, 2_gone, 3_gone, 4_gone, 5_gone, and 2 more/)]);
    expect(plan([], [entry('1_gone', 'reverted'), entry('2_gone', 'failed')]).notes).toEqual([]);
  });
});

describe('where an error is', () => {
  const script = (content: string, pieces: number[], lines: number[]) => ({
    content,
    facts: { pieces, lines, sums: [], rows: [], alone: [], session: [] },
  });
  const two = script(
    '-- é\nselect 1;\n\n/* users */ alter table users\n  add "Name" int;\n-- end',
    [16, 50, -7],
    [2, 4],
  );

  test.each<[string, number, string, { line: number; column: number; text: string } | null]>([
    ['the beginning of the first', 1, 'boom', { line: 2, column: 1, text: 'select 1;' }],
    ['no such statement', 3, 'boom', null],
    [
      'the first place of the quoted name',
      2,
      'column "Name" of relation "users" already exists',
      { line: 5, column: 8, text: '  add "Name" int;' },
    ],
    [
      'a name that does not stand there, then one that does',
      2,
      'index "i" of "name"',
      { line: 5, column: 8, text: '  add "Name" int;' },
    ],
    ['no quoted name stands there', 2, 'role "x"', { line: 4, column: 1, text: '/* users */ alter table users' }],
    [
      'a name that is a part of another word',
      2,
      '"sers"',
      { line: 4, column: 1, text: '/* users */ alter table users' },
    ],
    ['a pattern', 2, '"(.*"', { line: 4, column: 1, text: '/* users */ alter table users' }],
  ])('%s', (_, statement, message, place) => {
    expect(locate(two, statement, message)).toEqual(place);
  });

  test('in a section that begins further down', () => {
    expect(locate(script('-- migrate:down\ndrop table x;', [29], [11]), 1, 'table "x"', 10)).toEqual({
      line: 11,
      column: 12,
      text: 'drop table x;',
    });
  });

  // Looked for anew at each byte, it takes hours.
  test('in a line of three megabytes: in no time, with the column', { timeout: 30_000 }, () => {
    const long = `insert into t values ('${'x'.repeat(3_000_000)}'), (nope);`;
    expect(locate(script(long, [Buffer.byteLength(long)], [1]), 1, 'column "nope" does not exist')).toMatchObject({
      line: 1,
      column: long.indexOf('nope') + 1,
    });
  });
});
