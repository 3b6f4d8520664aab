import { sentence } from '../../core/errors.ts';
import type { ManifestReader } from '../../core/manifest.ts';
import type { CopyGaps, Effects, Rehearsal, RehearsedMigration, TakenLock } from '../../core/rehearsal.ts';
import { count } from './count.ts';
import { diffText } from './diff.ts';
import { failure, labelled } from './failure.ts';
import { problems } from './plan.ts';
import type { Screen } from './screen.ts';
import { calls } from './state.ts';
import { notes } from './status.ts';
import { oneLine, wrap } from './text.ts';

/** What became of each migration on the copy, how the schema changes, and what the copy cannot tell. */
export async function rehearsal(view: Rehearsal, migrations: ManifestReader, screen: Screen): Promise<string[]> {
  const { color } = screen;
  const each = await Promise.all(view.migrations.map(one => migration(one, migrations, screen)));
  const diff =
    view.diff === '' ? [] : [color.bold('What changes of the schema'), ...diffText(view.diff, screen).split('\n')];
  const unknown = view.migrations.length === 0 ? [] : bulleted('Not known', view.unknown, screen);
  return [
    ...each.flat(),
    ...(each.length > 0 ? [''] : []),
    ...diff,
    ...gaps(view.copy, screen),
    ...unknown,
    ...notes(view.notes, screen),
    ...problems(view.problems, screen),
    `${summary(view, screen)} ${color.dim(calls(view.dataApiCalls).replace(/\)$/, ', all of them reads)'))}`,
  ];
}

async function migration(one: RehearsedMigration, migrations: ManifestReader, screen: Screen): Promise<string[]> {
  const { name, direction, result, error, statements } = one;
  const { green, dim } = screen.color;
  const title = direction === 'up' ? oneLine(name) : `${oneLine(name)}, undone`;
  const effects = one.effects.flatMap(each => effectsOf(each, screen));
  if (result === 'works') return [`${green('✓')} ${title}`, ...effects];
  if (result === 'not-tried') return [dim(`○ ${title}: not tried`)];
  const what = direction === 'up' ? 'would fail' : 'could not be undone';
  const text = direction === 'up' ? await lineOf(one, migrations) : undefined;
  return [
    ...failure(error!, { name, statements, what, text }, screen),
    ...labelled('Next', sentence(error!.remedy), screen, screen.color.bold),
    ...effects,
  ];
}

/** The line of the file at which it failed. */
async function lineOf({ name, error }: RehearsedMigration, { body }: ManifestReader): Promise<string | undefined> {
  if (!error?.line) return undefined;
  return (await body(name)).up.content.split('\n')[error.line - 1]?.replace(/\r$/, '');
}

/** Locks that are not worth a line: reads and writes of applications take them too. */
const QUIET = ['ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE'];

function effectsOf(effects: Effects, screen: Screen): string[] {
  const { statement, line, locks, rewritten, scanned, accepted } = effects;
  const { red, yellow, dim } = screen.color;
  const rows: (readonly [label: string, text: string, style: (text: string) => string])[] = [
    ...(locks ?? [])
      .filter(({ mode }) => !QUIET.includes(mode))
      .map(lock => ['lock', lockText(lock), lock.blocks === 'nothing' ? dim : yellow] as const),
    ...(locks === null ? [['lock', 'none was seen: it runs outside of a transaction', dim] as const] : []),
    ...rewritten.map(name => ['rewrites', name, red] as const),
    ...(scanned ?? []).map(name => ['reads all', name, yellow] as const),
    ...(accepted ? [['accepts', acceptedText(accepted), accepted.lock === 'SHARED' ? red : dim] as const] : []),
  ];
  const at = line !== null ? `line ${line}: ` : statement !== null ? `statement ${statement}: ` : '';
  return rows.flatMap(([label, text, style]) => labelled(label, oneLine(`${at}${text}`), screen, style, 11));
}

function lockText({ relation, mode, blocks }: TakenLock): string {
  return `${mode} on ${relation}: ${blocks === 'nothing' ? 'blocks no reads or writes' : `blocks ${blocks}`}`;
}

function acceptedText({ algorithm, lock }: NonNullable<Effects['accepted']>): string {
  const clause = `ALGORITHM=${algorithm}${lock === null ? '' : `, LOCK=${lock}`}`;
  return lock === 'SHARED' ? `${clause}: blocks writes` : clause;
}

/** How the copy differs from the database. */
function gaps({ extensions, standIns, leftOut, notDumped }: CopyGaps, screen: Screen): string[] {
  const lines = [
    ...extensions.map(name => `The scratch server does not have the extension ${name}`),
    ...standIns.map(what => `A stand-in was made for the ${what}`),
    ...leftOut.map(({ kind, name, why }) => `Left out: ${kind} ${name} (${why})`),
    ...notDumped.map(what => `Left out: ${what}`),
  ];
  return bulleted('How the copy differs from the database', lines, screen);
}

function bulleted(title: string, lines: readonly string[], screen: Screen): string[] {
  if (lines.length === 0) return [];
  const wrapped = lines.flatMap(line =>
    wrap(oneLine(line), screen.width - 4).map((part, at) => `${at === 0 ? '  - ' : '    '}${part}`),
  );
  return [screen.color.bold(title), ...wrapped, ''];
}

function summary({ outcome, migrations, problems: stopping }: Rehearsal, { color }: Screen): string {
  const of = (wanted: RehearsedMigration['result']) => migrations.filter(({ result }) => result === wanted).length;
  switch (outcome) {
    case 'nothing-to-do':
      return color.green('Nothing is pending');
    case 'works':
      return color.green(`${count(of('works'), 'rehearsal')} ${of('works') === 1 ? 'works' : 'work'}`);
    case 'failed': {
      const left = of('not-tried');
      return color.red(
        [`${of('works')} would work`, `${of('failed')} would fail`, ...(left > 0 ? [`${left} not tried`] : [])].join(
          ', ',
        ),
      );
    }
    case 'stopped':
      return color.red(`It would stop: ${count(stopping.length, 'problem')}`);
  }
}
