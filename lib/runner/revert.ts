import { DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import type { HistoryEntry } from '../core/history.ts';
import { type Migration, type Script, TRACKING_MIGRATION } from '../core/manifest.ts';
import type { FailureReport } from '../core/report.ts';
import { isInForce, missing } from '../core/state.ts';
import { toMigrationError, toProblem } from './failure.ts';
import { type Turn, underLease } from './lease.ts';
import type { WriteOptions } from './options.ts';
import { look, type Picture } from './picture.ts';
import { pause, sleep } from './sleep.ts';

export interface RevertOptions extends WriteOptions {
  /** What to undo: the newest ones, all above a version, or what is applied and not in the manifest. */
  readonly what: { readonly steps: number } | { readonly to: string } | 'missing';
  /** Only say what would be executed. @default false */
  readonly dryRun?: boolean;
}

/** What a revert did, newest first. */
export interface RevertReport {
  readonly outcome: 'reverted' | 'nothing-to-do' | 'failed' | 'stopped';
  readonly reverted: readonly string[];
  /** With `dryRun`: the SQL of each. */
  readonly steps: readonly { readonly migration: string; readonly sql: string }[];
  readonly problems: readonly Problem[];
  readonly failure: FailureReport | null;
  readonly executionTimeMs: number;
  readonly dataApiCalls: number;
}

interface Undo {
  readonly entry: HistoryEntry;
  readonly migration: Migration | undefined;
  readonly down: Script;
}

const TRIES = 6;

/** Undo migrations with their down sections, newest first. One without a down section stops all of it beforehand. */
export async function revert(options: RevertOptions): Promise<RevertReport> {
  const { database, engine, signal, on = () => undefined } = options;
  const startedAt = Date.now();
  const firstCall = database.calls;
  const deadline = startedAt + (options.budgetMs ?? 3_600_000);
  const reverted: string[] = [];
  const report = (outcome: RevertReport['outcome'], more: Partial<RevertReport> = {}): RevertReport => ({
    outcome,
    reverted,
    steps: [],
    problems: [],
    failure: null,
    executionTimeMs: Date.now() - startedAt,
    dataApiCalls: database.calls - firstCall,
    ...more,
  });

  try {
    const planned = await undoing(await look(options, options.hook ?? null));
    if ('problems' in planned) return report('stopped', planned);
    if (planned.undos.length === 0) return report('nothing-to-do');
    if (options.dryRun) {
      return report('nothing-to-do', {
        steps: planned.undos.map(({ entry, down }) => ({ migration: entry.name, sql: down.content })),
      });
    }
    const end = await underLease(options, deadline, turn);
    if ('problem' in end) return report('stopped', { problems: [end.problem] });
    return { ...end.value, dataApiCalls: database.calls - firstCall };
  } catch (error) {
    if (!(error instanceof DatabaseError) || reverted.length === 0) throw toMigrationError(error);
    return report('stopped', { problems: [toProblem(error)] });
  }

  async function turn(run: Parameters<Parameters<typeof underLease<RevertReport>>[2]>[0]): Promise<Turn<RevertReport>> {
    const planned = await undoing(await look(options, run.hook));
    if ('problems' in planned) return { value: report('stopped', planned), finished: true };
    const of = reverted.length + planned.undos.length;
    for (const { entry, migration, down } of planned.undos) {
      const { name } = entry;
      on({ event: 'started', migration: name, number: reverted.length + 1, of });
      const outcome = await engine
        .revert(database, {
          run,
          name,
          version: migration?.version ?? null,
          checksum: entry.inForce!.statementsChecksum,
          statementsChecksum: entry.inForce!.statementsChecksum,
          down,
          tries: TRIES,
          pause: tried => sleep(pause(tried, 250, 5000), signal),
        })
        .catch((error: unknown) => {
          if (error instanceof DatabaseError && error.outcome === 'unknown') return { status: 'unknown' as const };
          throw error;
        });
      if (outcome.status === 'failed') {
        const { executionTimeMs } = outcome;
        const failure: FailureReport = {
          ...outcome.failure,
          file: null,
          line: null,
          column: null,
          remedy: 'It is still applied: mend its down section and run again',
        };
        on({ event: 'failed', migration: name, executionTimeMs, failure });
        return { value: report('failed', { failure }), finished: true };
      }
      if (outcome.status !== 'reverted' && outcome.status !== 'already') return 'again';
      reverted.push(name);
      on({
        event: 'applied',
        migration: name,
        executionTimeMs: outcome.status === 'reverted' ? outcome.executionTimeMs : 0,
        attempt: entry.latest.attempt + 1,
      });
    }
    return { value: report('reverted'), finished: true };
  }

  /** What is to be undone, each with its SQL, or why it cannot be. */
  async function undoing(picture: Picture): Promise<{ undos: Undo[] } | { problems: Problem[] }> {
    const undos: Undo[] = [];
    const problems: Problem[] = [];
    for (const entry of chosen(picture)) {
      const migration = options.migrations.manifest.migrations.find(one => one.name === entry.name);
      const own = migration?.revertible ? (await options.migrations.body(entry.name)).down : null;
      const down = own ?? (await engine.storedDown(database, entry.name));
      if (down) undos.push({ entry, migration, down });
      else problems.push(noDown(entry.name));
    }
    return problems.length > 0 ? { problems } : { undos };
  }

  function chosen(picture: Picture): HistoryEntry[] {
    const { manifest } = options.migrations;
    const strangers = missing(manifest, picture.history);
    const newestFirst = (a: HistoryEntry, b: HistoryEntry) =>
      b.inForce!.at - a.inForce!.at || (a.name < b.name ? 1 : -1);
    if (options.what === 'missing') return strangers.sort(newestFirst);
    const known = manifest.migrations
      .filter(one => one.name !== TRACKING_MIGRATION && one.version !== null)
      .map(one => picture.history.entries.get(one.name))
      .filter((entry): entry is HistoryEntry => isInForce(entry))
      .reverse();
    const all = [...strangers.sort(newestFirst), ...known];
    if ('steps' in options.what) return all.slice(0, options.what.steps);
    const { to } = options.what;
    const number = (name: string) => BigInt(/^\d+/.exec(name)?.[0] ?? '0');
    return all.filter(entry => number(entry.name) > number(to));
  }
}

function noDown(name: string): Problem {
  return {
    code: 'no-down',
    message: `${name} has no down section, neither in a file nor stored with it`,
    remedy: 'Write one below `-- migrate:down`, or undo it with a new migration',
    migration: name,
  };
}
