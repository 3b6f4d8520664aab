import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Reading } from '../../lib/compile/grammar.ts';
import { postgresql } from '../../lib/compile/postgresql/grammar.ts';
import { Source } from '../../lib/compile/source.ts';
import type { Problem } from '../../lib/core/errors.ts';
import { examples } from '../faults/random.ts';

beforeAll(() => postgresql.load());

function read(text: string): Reading & { readonly errors: readonly string[]; readonly problems: readonly Problem[] } {
  const source = new Source('1_m.sql', '1_m', text);
  const tracking = { schema: 'public', table: 'schema_migrations' };
  const reading = postgresql.read({
    source,
    from: 0,
    to: text.length,
    transaction: undefined,
    direction: 'up',
    tracking,
  });
  const problems = source.errors;
  return { ...reading, problems, errors: problems.map(({ code, message }) => `${code} ${message}`) };
}

const name = fc.constantFrom('a', 'b1', '"C;d"', 'é', 'x$y', '日本', 'U&"d\\0061"', '"q""q"');
const value = fc.constantFrom(
  '1',
  "'it''s; :x'",
  "E'\\';'",
  '$$ a :b; $$',
  '$q$ $$;$$ $q$',
  "U&'\\0061;'",
  "'😀;é'",
  "b'01'",
  'null',
  "'a\r\nb'",
  '1.5e3',
  '(array[1,2])[1:2]',
);
/** The tokens of a statement; nothing is needed between them but a space. */
const statement: fc.Arbitrary<string[]> = fc.oneof(
  fc.tuple(value, name).map(([v, n]) => ['select', v, 'as', n]),
  fc.tuple(name, name).map(([t, c]) => ['create', 'table', t, '(', c, 'int', ',', 'd', 'text', 'default', "';'", ')']),
  fc.tuple(name, value, value).map(([t, v, w]) => ['insert', 'into', t, 'values', '(', v, ')', ',', '(', w, ')']),
  name.map(f => [
    'create',
    'function',
    f,
    '(',
    ')',
    'returns',
    'int',
    'begin',
    'atomic',
    'select',
    '1',
    ';',
    'select',
    '2',
    ';',
    'end',
  ]),
  fc
    .tuple(name, name)
    .map(([t, u]) => [
      'create',
      'rule',
      'r',
      'as',
      'on',
      'insert',
      'to',
      t,
      'do',
      'also',
      '(',
      'insert',
      'into',
      u,
      'values',
      '(',
      '1',
      ')',
      ';',
      'notify',
      'z',
      ')',
    ]),
  value.map(() => ['do', '$do$ begin perform 1; /* ; */ end; -- ; \n $do$']),
  name.map(v => ['set', v.replace(/^U&/, ''), '=', 'off']),
);
/** What may stand between two tokens and means nothing. */
const gap = fc
  .array(fc.constantFrom(' ', '\n', '\r\n', '\t', '/* ; */', "/* a /* $$ */ ' */", "-- '; \n", '--"\r\n'), {
    minLength: 1,
    maxLength: 3,
  })
  .map(parts => parts.join(''));

/** A script in writing: its statements' tokens, with gaps and empty statements drawn in between. */
function written(statements: readonly string[][], gaps: Iterator<string>): string {
  const between = () => gaps.next().value as string;
  return (
    statements
      .map(
        tokens =>
          `${between()}${tokens
            .join('\u0001')
            .split('\u0001')
            .reduce((text, token) => `${text}${between()}${token}`)}${between()};`,
      )
      .join('') + between()
  );
}

/** Gaps without end, always the same for one seed list. */
function* cycle(gaps: readonly string[]): Generator<string, never> {
  for (let at = 0; ; at++) yield gaps[at % gaps.length]!;
}

const script = fc.array(statement, { maxLength: 6 });
const gaps = fc.array(gap, { minLength: 1, maxLength: 12 });

describe('of any script', () => {
  test('the pieces are the content, one positive piece a statement', () => {
    fc.assert(
      fc.property(script, gaps, (statements, between) => {
        const text = written(statements, cycle(between));
        const { facts, errors } = read(text);
        expect(errors).toEqual([]);
        expect(facts.pieces.reduce((sum, length) => sum + Math.abs(length), 0)).toBe(Buffer.byteLength(text));
        const bytes = Buffer.from(text);
        let at = 0;
        const texts = facts.pieces.flatMap(length => {
          const piece = bytes.subarray(at, at + Math.abs(length)).toString();
          at += Math.abs(length);
          return length > 0 ? [piece] : [];
        });
        expect(texts.length).toBe(statements.length);
        expect(facts.lines.length).toBe(statements.length);
        for (const [index, piece] of texts.entries()) {
          expect(read(piece).facts.lines.length).toBe(1);
          for (const token of statements[index]!) expect(piece).toContain(token);
        }
      }),
      { numRuns: examples(500) },
    );
  });

  test('the line of a statement is that of its first token', () => {
    fc.assert(
      fc.property(script, gaps, (statements, between) => {
        const marked = statements.map((tokens, at) => [`/*${at}*/`, ...tokens]);
        const text = written(marked, cycle([...between, ' ']));
        const { facts } = read(text);
        for (const [at, tokens] of statements.entries()) {
          const first = text.indexOf(tokens[0]!, text.indexOf(`/*${at}*/`) + `/*${at}*/`.length);
          // A gap may hold no word, so the next occurrence of the first token is the token.
          expect(facts.lines[at]).toBe(text.slice(0, first).split('\n').length);
        }
      }),
      { numRuns: examples(300) },
    );
  });

  test('comments, white space and line ends between tokens never change the checksum', () => {
    fc.assert(
      fc.property(script, gaps, gaps, (statements, one, two) => {
        const [a, b] = [read(written(statements, cycle(one))), read(written(statements, cycle(two)))];
        expect(a.statementsChecksum).toBe(b.statementsChecksum);
        const unix = read(written(statements, cycle(one)).replaceAll('\r\n', '\n'));
        expect(a.statementsChecksum).toBe(unix.statementsChecksum);
      }),
      { numRuns: examples(500) },
    );
  });

  test('another token always does', () => {
    fc.assert(
      fc.property(script, script, gaps, (one, two, between) => {
        const same =
          JSON.stringify(one).replaceAll('\\r\\n', '\\n') === JSON.stringify(two).replaceAll('\\r\\n', '\\n');
        const [a, b] = [read(written(one, cycle(between))), read(written(two, cycle(between)))];
        expect(a.statementsChecksum === b.statementsChecksum).toBe(same);
      }),
      { numRuns: examples(500) },
    );
  });

  test('one character more or less in a literal always does', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '-', '/', '*', ';', 'é') }),
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '-') }),
        (a, b) => {
          fc.pre(a !== b);
          expect(read(`select $$${a}$$`).statementsChecksum).not.toBe(read(`select $$${b}$$`).statementsChecksum);
        },
      ),
    );
  });
});

describe('of anything at all', () => {
  const noise = fc.array(
    fc.constantFrom(
      ...[
        "'",
        '"',
        '$$',
        '$a$',
        '--',
        '/*',
        '*/',
        ';',
        '(',
        ')',
        '\n',
        '\r\n',
        ' ',
        'begin',
        'end',
        'commit',
        'select',
        '1',
        'copy t from stdin',
        '\\.',
        '\\x',
        'create function f()',
        'atomic',
        'case',
        'drop table',
        'a',
        'é😀',
        ',',
        '-- migrate:down\n',
      ],
    ),
    { maxLength: 20 },
  );

  test('the pieces are the content, and a mistake has a place in the file', () => {
    fc.assert(
      fc.property(noise, fragments => {
        const text = fragments.join(' ');
        const { facts, problems } = read(text);
        expect(facts.pieces.reduce((sum, length) => sum + Math.abs(length), 0)).toBe(Buffer.byteLength(text));
        expect(facts.pieces.filter(length => length > 0).length).toBe(facts.lines.length);
        for (const { place } of problems) {
          const line = text.split('\n')[place!.line - 1]!.replace(/\r$/, '');
          expect(place!.text).toBe(line);
          expect(place!.column).toBeLessThanOrEqual([...line].length + 2);
        }
      }),
      { numRuns: examples(3000) },
    );
  });
});
