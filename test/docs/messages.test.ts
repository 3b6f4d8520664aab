import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sources } from '../house/source.ts';
import { blocks, document, ROOT } from './markdown.ts';
import { flat, isIn, type Message, messages, words, writtenIn } from './messages.ts';

const FILE = 'docs/messages.md';

/** Who says it. First match wins. */
const CHAPTERS: readonly (readonly [title: string, files: RegExp])[] = [
  ['Migration files', /^lib\/(compile|core\/directives)/],
  ['Files of other tools', /^lib\/import/],
  ['The construct', /^lib\/cdk/],
  ['The command line', /^lib\/cli/],
  ['The function', /^lambda/],
  ['The RDS Data API', /^lib\/data-api/],
  ['A local database', /^lib\/local/],
  ['Plan and run', /^lib/],
];

/** Not to be met: a defect of this program, or of a test that uses it. What asks for a word to its reader is a problem, not one of these. */
const DEFECTS = [
  'The handler cannot be bundled: …',
  'no folder was read, and so no …',
  'a database behind a function is only read',
  'A field of a kind that is not known: …',
  'There is no fault …. Use one of …',
  'Requests that may write were repeated by the SDK: give its client maxAttempts: 1. …',
  'schema_migrations_run answered …',
  'the last unit of … was not its end',
  'The database made a fingerprint that is none: …',
  // Named CredentialsProviderError, for which there is a remedy.
  'There are no credentials in the environment',
  'No operation of this function streams',
];

/** Words of a database, to which a number is added, or that were not recorded; whoever reports them adds the remedy. */
const OF_OTHERS = ['no message was recorded'];

const MARKED = [...DEFECTS, ...OF_OTHERS];

/** A code of ours, not one of a database or of AWS. */
const isOurs = (code: string | null): code is string => code !== null && /^[a-z]+(-[a-z]+)+$/.test(code);

/** What no test has made happen, and why. */
const NOT_PROVOKED: readonly string[] = [
  'no message was recorded', // Every failure that is written down has one; rows of a later version may not.
  'schema_migrations_run answered …', // Every answer of the function is known.
  'the last unit of … was not its end', // It is: the units of a script end with its statements.
  'The database made a fingerprint that is none: …', // Every fingerprint is one.
  'a database behind a function is only read', // A plan executes nothing.
  'no folder was read, and so no …', // Commands that read no folder ask for no migration.
  'PostgreSQL (process …) on … does not stop', // SIGQUIT ends it.
  'No operation of this function streams', // None does.
  '504 Gateway Time-out', // It is, but as a page of a load balancer, in which the SDK finds no message.
];

const found = messages('bin', 'lambda', 'lib');
const ofUs = found.filter(({ code }) => !code?.startsWith('ServiceError'));
const written = writtenIn('test');
const quoted = blocks(document('docs/failure.md')).map(({ text }) => text);
const said = words([...written, ...quoted].join('\n'));
/** As a string of its own; where it could not be a word of anything else, in one. */
const isCodeSaid = (code: string) =>
  written.some(
    one => one === code || (/-|[a-z][A-Z]/.test(code) && new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(one)),
  );

describe(FILE, () => {
  test('they are found where they are made', () => {
    // Of each way to make one. A problem in a variable, a class of its own or a table is an object with a remedy all the same.
    const some = ['duplicate-version', 'half-undone', 'bad-usage', 'lost-session', 'not-utf8', '55P04', 'StartError'];
    expect(some.filter(code => !found.some(one => one.code === code))).toEqual(['bad-usage']);
    expect(found.filter(({ code }) => code === 'UsageError').length).toBeGreaterThan(15);
    expect(found.length).toBeGreaterThan(200);
  });

  test('no error is made in a way that is not looked at', () => {
    const known =
      /^(Error|TypeError|MigrationError|UsageError|StartError|DatabaseError|ServiceError|Interrupted|TrackingMissing)$/;
    const made = sources('bin', 'lambda', 'lib').flatMap(({ code, path }) =>
      [...code.matchAll(/\b(?:new|extends) (\w*(?:Error|Exception|Interrupted|Missing))\b/g)].map(
        ([, name]) => `${path}: ${name}`,
      ),
    );
    expect(made.filter(one => !known.test(one.split(': ')[1]!))).toEqual([]);
    // Something else than an error of a class is thrown on only where it was caught.
    const thrown = sources('bin', 'lambda', 'lib').flatMap(({ code, path }) =>
      [...code.matchAll(/\bthrow (?!new\b)(['"`{[])/g)].map(() => path),
    );
    expect(thrown).toEqual([]);
  });

  test('each names a remedy', () => {
    const remedied = new Set(ofUs.filter(({ remedy }) => remedy).map(({ code }) => code));
    const without = ofUs
      .filter(({ message, remedy }) => message !== null && !remedy)
      // The remedy of a failure that a row has kept is found by its code.
      .filter(({ code }) => !isOurs(code) || !remedied.has(code))
      // Of a failed statement: whoever reports it says what is applied, and what to do.
      .filter(({ code }) => code !== 'DatabaseError')
      .filter(({ message }) => !MARKED.includes(flat(message!).trim()));
    expect(without).toEqual([]);
    expect(ofUs.filter(({ remedy }) => remedy && remedy.split(/\s+/).length < 2)).toEqual([]);
  });

  test('each defect that is excused is there', () => {
    const all = found.map(({ message }) => flat(message ?? '').trim());
    expect([...DEFECTS, ...OF_OTHERS, ...NOT_PROVOKED].filter(one => !all.includes(one))).toEqual([]);
  });

  test('each is made to happen by a test, which names the message or its code', () => {
    const isSaid = ({ message, code }: Message) =>
      isIn(said, message!) || (code !== null && isCodeSaid(code.replace(/^ServiceError /, '')));
    const silent = found
      .filter(one => one.message !== null && !isSaid(one))
      .map(({ message }) => flat(message!).trim())
      .filter(message => !NOT_PROVOKED.includes(message) && !OF_OTHERS.includes(message));
    expect(silent).toEqual([]);
  });

  // UPDATE_DOCS=1 writes it.
  test('lists them all', () => {
    const text = listing();
    if (process.env.UPDATE_DOCS) writeFileSync(ROOT + FILE, text);
    else expect(text).toBe(document(FILE));
  });
});

function listing(): string {
  const head = `# Every message

What this project can say when something is wrong, and what to do then; \`…\` stands for what differs from time to time. Made from the source by a
test (\`UPDATE_DOCS=1 npx vitest run test/docs\`), which also asks that each names a remedy. Codes are explained in [FORMAT.md](../FORMAT.md#other-codes),
failures with all that is true then in [failure.md](failure.md).
`;
  const chapters = CHAPTERS.map(([title, files], at) => {
    const earlier = CHAPTERS.slice(0, at);
    const rows = ofUs
      .filter(({ file }) => files.test(file) && !earlier.some(([, theirs]) => theirs.test(file)))
      .filter(({ message }) => !MARKED.includes(flat(message ?? '').trim()))
      .filter(({ message, code }) => message !== null || !isOurs(code))
      .map(({ code, message, remedy }) => [
        codeOf(code),
        message ?? '(the words of the database or of AWS)',
        remedy ?? ofUs.find(other => other.code === code && other.remedy)?.remedy ?? '(told with it)',
      ])
      .map(cells => `| ${cells.map(cell).join(' | ')} |`);
    return `\n## ${title}\n\n| code | message | what to do |\n|---|---|---|\n${[...new Set(rows)].toSorted().join('\n')}\n`;
  });
  const defects = `\n## Defects\n\nNot to be met; please report them, with what \`--verbose\` shows.\n\n${DEFECTS.map(one => `- ${one}`).join('\n')}\n`;
  return head + chapters.join('') + defects;
}

function codeOf(code: string | null): string {
  if (code === 'UsageError') return '`bad-usage`';
  if (code === 'StartError') return '`not-started`';
  return code === null || code === 'DatabaseError' || code.includes('…')
    ? ''
    : code
        .split(', ')
        .map(one => `\`${one}\``)
        .join(', ');
}

function cell(text: string): string {
  return flat(text).trim().replaceAll('|', '\\|');
}
