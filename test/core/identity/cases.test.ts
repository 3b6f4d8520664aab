import { describe, expect, test } from 'vitest';
import type { Migration, Replaced } from '../../../lib/core/manifest.ts';
import { compareMigrations } from '../../../lib/core/order.ts';
import { executes, type Plan, type PlanOptions } from '../../../lib/core/plan.ts';
import { undoNames } from '../../../lib/core/undo.ts';
import { hash, historyOf, manifestOf, migrationOf, planOf, type Row, rowOf } from './history.ts';

/** `file('002_orders', 'create orders', 'insert orders')`. */
function file(name: string, ...up: (string | Partial<Migration>)[]): Migration {
  const more = typeof up.at(-1) === 'object' ? (up.at(-1) as Partial<Migration>) : {};
  const statements = up
    .filter((text): text is string => typeof text === 'string')
    .map(text => {
      const [verb, object = text] = text.split(' ');
      return { text, isOnce: verb !== 'replace', object, drops: verb === 'drop' ? [object] : [] };
    });
  return migrationOf(name, statements, more);
}

const did = rowOf;
const half = (one: Migration, done: number) => did({ ...one, mode: 'stepwise' }, { status: 'failed', done });
const replaces = (...entries: string[]): { replaces: Replaced[] } => ({
  replaces: entries.map(entry => {
    const [name = '', checksum = null] = entry.split('@');
    return { name, checksum };
  }),
});

/** The plan in words, in the order of the files: `record X<Y`, `run X from 2`, `stop code X`. */
function words({ steps, problems }: Plan): string {
  const lines = [
    ...problems.map(({ code, migration = '' }) => [migration, `stop ${code} ${migration}`] as const),
    ...steps.map(step => {
      const from = step.from > 1 ? ` from ${step.from}` : '';
      const other = step.other === undefined ? '' : `<${step.other}`;
      return [step.migration, `${executes(step) ? 'run' : 'record'} ${step.migration}${from}${other}`] as const;
    }),
  ];
  const place = (name: string) => ({ name, version: /^\d+/.exec(name)?.[0] ?? null });
  return lines
    .sort(([a], [b]) => compareMigrations(place(a), place(b)))
    .map(([, text]) => text)
    .join(', ');
}

type Options = PlanOptions & { hook?: string };
type Case = [title: string, files: Migration[], rows: Row[], expected: string, options?: Options];

const users = file('001_users', 'create users');
const double = file('002_double', 'update acc');
const y = file('002_y', 'create y');
const y3 = file('003_y', 'create y');
const movedY = did(y3, { otherName: '002_y' });
const all = (...more: [] | [Partial<Migration>]) => file('003_all', 'dump all', ...more);

const cases: Case[] = [
  [
    'renamed',
    [users, file('002_double_cents', 'update acc')],
    [did(users), did(double)],
    'record 002_double_cents<002_double',
  ],
  ['padding', [file('1_users', 'create users')], [did(users)], 'record 1_users<001_users'],
  [
    'to a timestamp',
    [file('20240101000000_users', 'create users')],
    [did(users)],
    'record 20240101000000_users<001_users',
  ],
  [
    'a merge renumbers 002_y, which is applied, and 002_x takes its number',
    [users, file('002_x', 'create x'), y3],
    [did(users), did(y)],
    'run 002_x, record 003_y<002_y',
  ],
  [
    'a merge renumbers 002_y, and 002_x is applied',
    [users, file('002_x', 'create x'), y3],
    [did(users), did(file('002_x', 'create x'))],
    'run 003_y',
  ],
  [
    'a merge renumbers 002_y, and none of both is applied',
    [users, file('002_x', 'create x'), y3],
    [did(users)],
    'run 002_x, run 003_y',
  ],
  ['number and words are new', [users, file('003_z', 'create y')], [did(users), did(y)], 'stop already-executed 003_z'],
  [
    'number and words are new, and the file says which one it is',
    [users, file('003_z', 'create y', replaces('002_y'))],
    [did(users), did(y)],
    'record 003_z<002_y',
  ],
  [
    'number and words are new, and it is meant to run again',
    [users, file('003_z', 'create y', { again: ['002_y'] })],
    [did(users), did(y)],
    'run 003_z',
  ],
  [
    'renamed and edited',
    [users, file('002_y2', 'create y better')],
    [did(users), did(y)],
    'stop renamed-and-changed 002_y2',
  ],
  [
    'renumbered and edited',
    [users, file('003_y', 'create y better')],
    [did(users), did(y)],
    'stop renamed-and-changed 003_y',
  ],
  [
    'the number of another branch, nothing in common',
    [users, file('002_x', 'create x')],
    [did(users), did(y)],
    'run 002_x',
  ],
  [
    'split',
    [users, file('002_a', 'create a'), file('003_b', 'insert b')],
    [did(users), did(file('002_ab', 'create a', 'insert b'))],
    'stop already-executed 002_a, stop already-executed 003_b',
  ],
  [
    'split, the first half keeps the name and may run again',
    [users, file('002_ab', 'replace a'), file('003_b', 'insert b')],
    [did(users), did(file('002_ab', 'replace a', 'insert b'))],
    'stop changed-removed 002_ab, stop already-executed 003_b',
  ],
  [
    'joined',
    [users, file('002_ab', 'create a', 'create b')],
    [did(users), did(file('002_a', 'create a')), did(file('003_b', 'create b'))],
    'stop already-executed 002_ab',
  ],
  [
    'two files exchanged',
    [users, file('002_a', 'create b'), file('003_b', 'create a')],
    [did(users), did(file('002_a', 'create a')), did(file('003_b', 'create b'))],
    'stop changed-destructive 002_a, stop changed-destructive 003_b',
  ],
  [
    'shifted by one, all with the same words',
    [users, file('002_seed', 'insert n'), file('003_seed', 'insert a'), file('004_seed', 'insert b')],
    [did(users), did(file('002_seed', 'insert a')), did(file('003_seed', 'insert b'))],
    'stop already-executed 004_seed',
    { onChanged: 'ignore' },
  ],
  [
    'two files with the same statements',
    [users, file('002_a', 'call f'), file('003_b', 'call f')],
    [did(users), did(file('002_a', 'call f'))],
    'run 003_b',
  ],
  [
    'two files with the same statements, one applied, both renamed',
    [users, file('002_a2', 'call f'), file('003_b2', 'call f')],
    [did(users), did(file('002_a', 'call f'))],
    'record 002_a2<002_a, run 003_b2',
  ],
  ['the old file came back beside the new one', [users, y, y3], [did(users), did(y), movedY], 'stop name-reused 002_y'],
  [
    'a new migration takes a name that was moved away',
    [users, file('002_y', 'create q'), y3],
    [did(users), did(y), movedY],
    'stop name-reused 002_y',
  ],
  ['old code after a move', [users, y], [did(users), did(y), movedY], ''],
  [
    'old code after a move, undone meanwhile',
    [users, y],
    [did(users), did(y), movedY, did(y3, { status: 'reverted' })],
    'run 002_y',
  ],
  ['undone, then renamed', [users, y3], [did(users), did(y), did(y, { status: 'reverted' })], 'run 003_y'],
  [
    'baselined, then renamed',
    [file('001_people', 'create users')],
    [did(users, { status: 'baselined' })],
    'record 001_people<001_users',
  ],
  [
    'baselined, then renamed and edited',
    [file('001_people', 'create users more')],
    [did(users, { status: 'baselined' })],
    'stop renamed-and-changed 001_people',
  ],
  [
    'failed, edited and renamed',
    [users, file('002_better', 'create y better')],
    [did(users), did(y, { status: 'failed', done: 0 })],
    'run 002_better',
  ],
  [
    'half done, then renamed',
    [users, file('002_h2', 'create a', 'create b')],
    [did(users), half(file('002_h', 'create a', 'create b'), 1)],
    'run 002_h2 from 2<002_h',
  ],
  [
    'half done, then renamed and what is left edited',
    [users, file('002_h2', 'create a', 'create c')],
    [did(users), half(file('002_h', 'create a', 'create b'), 1)],
    'stop already-executed 002_h2',
  ],
  [
    'half done, its file gone, old code',
    [users, file('003_hotfix', 'create q')],
    [did(users), half(file('002_h', 'create a', 'create b'), 1)],
    'run 003_hotfix',
  ],
  ['empty migrations are nobody', [users, file('007_later')], [did(users), did(file('003_todo'))], 'run 007_later'],
  [
    'versioned becomes repeatable',
    [users, file('R__view', 'replace v')],
    [did(users), did(file('002_view', 'replace v'))],
    'run R__view',
  ],
  [
    'repeatable becomes versioned',
    [users, file('002_view', 'replace v')],
    [did(users), did(file('R__view', 'replace v'))],
    'record 002_view<R__view',
  ],
  ['repeatable renamed', [users, file('R__w', 'replace v')], [did(users), did(file('R__v', 'replace v'))], 'run R__w'],
  [
    'deleted and dropped by a later file, then made again',
    [users, file('004_drop_y', 'drop y'), file('007_y', 'create y')],
    [did(users), did(y), did(file('004_drop_y', 'drop y'))],
    'stop already-executed 007_y',
  ],
  [
    'squashed without a word',
    [all(), file('004_new', 'create n')],
    [did(users), did(y), did(file('003_z', 'create z'))],
    'stop history-gone 003_all, run 004_new',
  ],
  [
    'squashed, all of it applied here',
    [all(replaces('001_users', '002_y')), file('004_new', 'create n')],
    [did(users), did(y)],
    'record 003_all, run 004_new',
  ],
  ['squashed, nothing of it applied here', [all(replaces('001_users', '002_y'))], [], 'run 003_all'],
  [
    'squashed, half of it applied here',
    [all(replaces('001_users', '002_y'))],
    [did(users)],
    'stop partly-replaced 003_all',
  ],
  [
    'squashed, one of it half done',
    [all(replaces('001_users', '002_y'))],
    [half(file('001_users', 'create a', 'create b'), 1)],
    'stop partly-replaced 003_all',
  ],
  [
    'squashed, one of it applied with other statements',
    [all(replaces(`001_users@${hash('other')}`, '002_y'))],
    [did(users), did(y)],
    'stop replaced-changed 003_all',
  ],
  [
    'squashed, all of it with the checksums that it states',
    [all(replaces(`001_users@${users.statementsChecksum.slice(0, 8)}`, '002_y'))],
    [did(users), did(y)],
    'record 003_all',
  ],
  [
    'squashed, but something applied is not on its list',
    [all(replaces('001_people', '002_z'))],
    [did(users)],
    'stop history-gone 003_all',
  ],
  [
    'squashed, and a listed file is still there',
    [users, all(replaces('001_users', '002_y'))],
    [did(users), did(y)],
    'stop replaced-present 003_all',
  ],
  [
    'squashed, old code',
    [users, y],
    [
      did(users),
      did(y),
      did(all(), { status: 'baselined' }),
      did(users, { status: 'replaced', otherName: '003_all' }),
      did(y, { status: 'replaced', otherName: '003_all' }),
    ],
    '',
  ],
  [
    'squashed, old code whose file was edited',
    [file('001_users', 'create users more')],
    [did(users), did(users, { status: 'replaced', otherName: '003_all' })],
    '',
  ],
  [
    'another hook, same statements, new name',
    [file('001_people', 'create users')],
    [did(users, { hook: 'other' })],
    'stop other-hook 001_people',
    { hook: 'h' },
  ],
  [
    'another hook, only the number in common',
    [file('001_a', 'create users more')],
    [did(users, { hook: 'other' })],
    'run 001_a',
    { hook: 'h' },
  ],
  [
    'baseline after a failed first attempt',
    [users, file('002_n', 'create n')],
    [did(users, { status: 'failed', done: 0 })],
    'record 001_users, run 002_n',
    { baseline: '001' },
  ],
  [
    'late branch, moved: not late',
    [users, file('002_late', 'create l'), file('003_a', 'create a')],
    [did(users), did(file('004_late', 'create l')), did(file('003_a', 'create a'))],
    'record 002_late<004_late',
    { outOfOrder: 'fail' },
  ],
];

describe('a folder and what the database knows', () => {
  test.each(cases)('%s', (_, files, rows, expected, options = {}) => {
    expect(words(planOf(files, rows, options))).toBe(expected);
  });
});

describe('what is undone', () => {
  const undone: [
    title: string,
    files: Migration[],
    rows: Row[],
    what: { steps: number } | 'missing',
    names: string[],
  ][] = [
    ['a moved migration once', [users, y3], [did(users), did(y), movedY], { steps: 2 }, ['003_y', '001_users']],
    [
      'in a rollback, not what the old folder knows by its old name',
      [users, y],
      [did(users), did(y), movedY, did(file('004_n', 'create n'))],
      'missing',
      ['004_n'],
    ],
    [
      'in a rollback, not a squash that was only recorded',
      [users, y],
      [did(users), did(y), did(all(), { status: 'baselined' })],
      'missing',
      [],
    ],
    [
      'in a rollback, not what was baselined: it never ran here',
      [users],
      [did(users), did(y, { status: 'baselined' })],
      'missing',
      [],
    ],
    [
      'in a rollback, not what lost its file long ago and was moved by the new code',
      [users, file('005_a', 'create a')],
      [did(users), did(y), did(file('005_a', 'create a')), did(file('009_y', 'create y'), { otherName: '002_y' })],
      'missing',
      [],
    ],
  ];
  test.each(undone)('%s', (_, files, rows, what, names) => {
    expect(undoNames(manifestOf(files), historyOf(rows), new Map(), what)).toEqual(names);
  });
});
