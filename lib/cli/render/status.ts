import { type Activity, describeActivity, type MigrationStatus, type State } from '../../core/report.ts';
import { failureBelow, labelled } from './failure.ts';
import type { Screen } from './screen.ts';
import { calls, counts, sign, stateStyle } from './state.ts';
import { type Cell, type Column, table } from './table.ts';
import { oneLine, wrap } from './text.ts';
import { ago, duration, stamp } from './time.ts';

export interface StatusView {
  readonly migrations: readonly MigrationStatus[];
  readonly counts: Readonly<Record<State, number>>;
  readonly notes: readonly string[];
  readonly running: Activity | null;
  readonly dataApiCalls: number;
}

/** The table of `status`: a migration a line, the error of a failed one in full under it, then the counts. */
export function status(view: StatusView, screen: Screen, { now, verbose }: { now: Date; verbose: boolean }): string[] {
  const { color } = screen;
  const [title, ...rows] = table(
    columns(verbose),
    view.migrations.map(migration => cells(migration, screen, now, verbose)),
    screen.width,
    color.dim,
  );
  return [
    ...(title !== undefined && rows.length > 0 ? [title] : []),
    ...rows.flatMap((row, at) => [row, ...below(view.migrations[at]!, screen)]),
    ...(rows.length > 0 ? [''] : []),
    ...working(view.running, screen),
    ...notes(view.notes, screen),
    `${counts(view.counts, color)} ${color.dim(calls(view.dataApiCalls))}`,
  ];
}

/** What is at work now. */
export function working(running: Activity | null, screen: Screen): string[] {
  if (!running) return [];
  const [first = '', ...rest] = wrap(oneLine(describeActivity(running)), screen.width - 2);
  return [`${screen.color.cyan('…')} ${first}`, ...rest.map(line => `  ${line}`)];
}

/** Notes, each as a paragraph of its own. */
export function notes(texts: readonly string[], screen: Screen): string[] {
  return texts.flatMap(text =>
    wrap(oneLine(text), screen.width - 2).map((line, at) =>
      at === 0 ? `${screen.color.yellow('!')} ${line}` : `  ${line}`,
    ),
  );
}

function columns(verbose: boolean): Column[] {
  return [
    { title: '' },
    { title: 'migration', least: 24 },
    { title: 'state' },
    { title: verbose ? 'when (UTC)' : 'when', dispensable: 2 },
    { title: 'took', align: 'right', dispensable: 3 },
    { title: 'attempt', align: 'right', dispensable: 4 },
    ...(verbose ? [{ title: 'checksum', dispensable: 5 }] : []),
    { title: 'description', least: 16, dispensable: 6 },
  ];
}

function cells(migration: MigrationStatus, { color }: Screen, now: Date, verbose: boolean): Cell[] {
  const { state, at, executionTimeMs: ms, attempt } = migration;
  const style = stateStyle(state, color);
  return [
    { text: sign(state), style },
    { text: oneLine(migration.name) },
    { text: isElsewhere(migration) ? elsewhere(migration) : state, style },
    { text: at === null ? '' : verbose ? stamp(at) : ago(at, now) },
    { text: ms === null ? '' : duration(ms) },
    // One attempt is what everybody expects: only more than one is worth a column.
    { text: attempt > 1 ? String(attempt) : '' },
    ...(verbose ? [{ text: migration.checksum?.slice(0, 12) ?? '' }] : []),
    { text: oneLine(migration.description ?? ''), style: color.dim },
  ];
}

/** Failed or half done, and no file here is it: another deploy had it. */
function isElsewhere({ state, version, file }: MigrationStatus): boolean {
  return state === 'failed' && version === null && file === null;
}

function elsewhere({ statementsApplied }: MigrationStatus): string {
  return `${statementsApplied ? 'half done' : 'failed'}, not in this deploy`;
}

function below(migration: MigrationStatus, screen: Screen): string[] {
  const { error, name, statements, statementsApplied: done } = migration;
  // A stepwise migration that stopped on its way says how far it got.
  const isOnItsWay = migration.state === 'failed' || migration.state === 'pending';
  const partly = isOnItsWay && statements !== null && done !== null && done > 0 && done < statements;
  return [
    ...(error === null ? [] : failureBelow(error, { name, statements }, screen)),
    ...(partly ? labelled('Done', `${done} of ${statements} statements`, screen, screen.color.dim) : []),
  ];
}
