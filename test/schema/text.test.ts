import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changedKinds,
  fingerprintOf,
  formatFingerprint,
  parseFingerprint,
  type SchemaObject,
} from '../../lib/core/schema.ts';
import { compareSchemas, formatChanges } from '../../lib/core/schema-diff.ts';
import { formatDump, parseDump } from '../../lib/core/schema-dump.ts';
import { compareLines } from '../../lib/core/schema-lines.ts';
import { inOrder, type Unordered } from '../../lib/core/schema-order.ts';
import { examples } from '../faults/random.ts';

const object = (kind: string, name: string, sql = `CREATE ${name};`): SchemaObject => ({ kind, name, sql });

describe('lines', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 });

  test('a comparison holds both texts', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const compared = compareLines(before, after);
        expect(compared.filter(({ mark }) => mark !== '+').map(({ text }) => text)).toEqual(before);
        expect(compared.filter(({ mark }) => mark !== '-').map(({ text }) => text)).toEqual(after);
      }),
      { numRuns: examples(500) },
    );
  });

  test('a comparison is the shortest', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const kept = compareLines(before, after).filter(({ mark }) => mark === ' ').length;
        expect(kept).toBe(longestCommon(before, after));
      }),
    );
  });

  test('thousands of lines that have nothing in common take no time', () => {
    const many = (letter: string) => Array.from({ length: 5000 }, (_, n) => letter + n);
    expect(compareLines(many('a'), many('b'))).toHaveLength(10_000);
  });
});

describe('the format of a dump', () => {
  const kind = fc.constantFrom('table', 'foreign key', 'text search configuration');
  const sql = fc
    .array(fc.constantFrom('CREATE TABLE x ();', '-- table: y', '--- view: z', '', "  'it''s'", '\t-- x', 'é😀'), {
      minLength: 1,
      maxLength: 6,
    })
    .map(parts => `SELECT ${parts.join('\n')}\n;`);
  const objects = fc.uniqueArray(fc.record({ kind, name: fc.string({ minLength: 1 }).map(s => `n${s}`), sql }), {
    selector: one => one.kind + one.name,
    maxLength: 8,
  });

  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(objects, fc.array(fc.constantFrom('subscription s', 'user mapping a on b')), (its, notDumped) => {
        expect(parseDump(formatDump({ objects: its, notDumped }, 'SET x = y;'))).toEqual({ objects: its, notDumped });
      }),
    );
  });

  test('reads a file that an editor on Windows has saved', () => {
    const its = [object('table', 'a', 'CREATE TABLE a (\n  b text\n);')];
    const text = formatDump({ objects: its, notDumped: [] }, 'SET x = y;');
    expect(parseDump(`\uFEFF${text.replaceAll('\n', '\r\n')}`).objects).toEqual(its);
  });

  test('looks like this', () => {
    const schema = {
      objects: [object('schema', 'app'), object('table', 'app.users')],
      notDumped: ['subscription s'],
    };
    expect(formatDump(schema, 'SET x = y;\n')).toBe(`-- aurora-migrations: the schema of a database, format 1

SET x = y;

-- schema: app
CREATE app;

-- table: app.users
CREATE app.users;

-- not dumped: subscription s
`);
  });
});

describe('order', () => {
  const kinds = ['type', 'table', 'view'];
  const unordered = (kind: string, name: string, ...needs: string[]): Unordered => ({
    ...object(kind, name),
    key: name,
    needs,
  });
  const names = (objects: readonly SchemaObject[]) => objects.map(({ name }) => name).join(' ');

  test('by kind and name, as far as needs allow', () => {
    const objects = [
      unordered('view', 'v'),
      unordered('table', 'b'),
      unordered('type', 't', 'b'),
      unordered('table', 'a', 'elsewhere'),
      unordered('table', 'z', 't'),
    ];
    expect(names(inOrder(objects, kinds))).toBe('a b t z v');
    expect(names(inOrder(objects.toReversed(), kinds))).toBe('a b t z v');
  });

  test('a circle is cut where it would begin', () => {
    const objects = [unordered('view', 'w', 'v'), unordered('view', 'v', 'w'), unordered('table', 'x', 'w')];
    // The table would come first of all: it is in no circle, but waits for one.
    expect(names(inOrder(objects, kinds))).toBe('v w x');
  });
});

describe('fingerprints', () => {
  const objects = [object('table', 'b'), object('table', 'a'), object('foreign key', 'a.x')];

  test('come back from their text', () => {
    const fingerprint = fingerprintOf(objects, '1/17');
    const text = formatFingerprint(fingerprint);
    expect(text).toMatch(/^1\/17 foreign_key=[0-9a-f]{16} table=[0-9a-f]{16}$/);
    expect(parseFingerprint(text)).toEqual(fingerprint);
    expect(parseFingerprint('1/17')).toEqual(fingerprintOf([], '1/17'));
    expect(parseFingerprint('nonsense')).toBeNull();
    expect(parseFingerprint('1/17 table=xyz')).toBeNull();
  });

  test('say which kinds differ, whatever the order', () => {
    const before = fingerprintOf(objects, '1/17');
    expect(changedKinds(before, fingerprintOf(objects.toReversed(), '1/17'))).toEqual([]);
    expect(changedKinds(before, fingerprintOf([object('table', 'a'), object('view', 'v')], '1/17'))).toEqual([
      'foreign key',
      'table',
      'view',
    ]);
    expect(changedKinds(before, fingerprintOf(objects, '1/18'))).toBeNull();
  });
});

test('a comparison of schemas goes by kind and name, and is empty for the same objects in another order', () => {
  const before = [object('table', 'a'), object('view', 'a')];
  expect(compareSchemas(before, before.toReversed())).toEqual([]);
  expect(formatChanges([], { before: 'a', after: 'b' })).toBe('');
  const changes = compareSchemas(before, [object('table', 'a', 'CREATE a (b);')]);
  expect(changes.map(({ change, kind, name }) => `${change} ${kind} ${name}`)).toEqual([
    'changed table a',
    'removed view a',
  ]);
});

/** The textbook's way. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    for (const [at, other] of b.entries()) next.push(one === other ? row[at]! + 1 : Math.max(row[at + 1]!, next[at]!));
    row = next;
  }
  return row.at(-1)!;
}
