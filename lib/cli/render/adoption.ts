import { describe } from '../../core/errors.ts';
import type { Adoption, SchemaComparison } from '../adoption.ts';
import { adopted } from './adopted.ts';
import { count } from './count.ts';
import { diffText } from './diff.ts';
import { problem } from './problem.ts';
import type { Screen } from './screen.ts';

/** What was recorded, what `verify` and `diff` say, and the construct to paste. */
export function adoption(done: Adoption, { dir }: { readonly dir: string }, screen: Screen): string[] {
  const { baseline, verify, title } = done;
  const { bold, dim } = screen.color;
  const recorded = ['', bold('What the database has'), dim(title), ...adopted(baseline, screen)];
  if (verify === null) return recorded;
  const findings = verify.findings.filter(({ code }) => code !== 'pending');
  return [
    ...recorded,
    '',
    bold('verify'),
    ...findings.flatMap(finding => problem(finding, screen)),
    ...(findings.length === 0 ? ['Nothing was found'] : []),
    '',
    bold('diff'),
    ...difference(done.diff!, screen),
    '',
    bold('The construct'),
    ...construct(done, dir),
  ];
}

function difference(diff: SchemaComparison, screen: Screen): string[] {
  if ('reason' in diff) return [`Not compared: ${describe(diff.reason)}`];
  const { text, changes } = diff;
  if (changes.length === 0) return ['The database is what the recorded migrations make'];
  return [
    ...diffText(text.trimEnd(), screen).split('\n'),
    `${count(changes.length, 'difference')}: lines with + are only in the database. The table of the other tool is among them`,
  ];
}

/** The construct with the same names, as TypeScript. */
export function construct({ option, table }: Pick<Adoption, 'option' | 'table'>, dir: string): string[] {
  const { from, fromTable, skip } = option;
  const members = [
    `from: '${from}'`,
    ...(fromTable === undefined ? [] : [`fromTable: '${fromTable}'`]),
    ...(skip === undefined ? [] : [`skip: [${skip.map(id => `'${id}'`).join(', ')}]`]),
  ];
  return [
    "new AuroraMigrations(this, 'Migrations', {",
    '  cluster,',
    `  migrations: '${dir}',`,
    '  // Never take this line out again: under another name the history would be empty, and every migration would run.',
    `  table: '${table}',`,
    `  baseline: { ${members.join(', ')} },`,
    '});',
  ];
}
