import type { Problem } from '../core/errors.ts';
import { type Activity, describeActivity, type MigrationReport, type State } from '../core/report.ts';
import { changedKinds, type DriftedObject, type Inspection, type SchemaReader, type Unsound } from '../core/schema.ts';
import { toMigrationError } from './failure.ts';
import type { RunnerOptions } from './options.ts';
import { describeMigrations, whatIsWrong } from './report.ts';
import { readSnapshot } from './snapshot.ts';

/** Something that is not as it should be. The remedy of an object is a statement. */
export interface Finding extends Problem {
  /** The object of the schema that it is about: `index public.users_email`. */
  readonly object?: string;
}

export interface VerifyReport {
  /** True: nothing was found. */
  readonly sound: boolean;
  readonly findings: readonly Finding[];
  /** What could not be looked at, and why. */
  readonly notes: readonly string[];
  readonly counts: Readonly<Record<State, number>>;
  /** Against the fingerprint that the last run with steps left; null: there is none that could be compared. */
  readonly drift: boolean | null;
  /** The kinds of object that differ from then. */
  readonly driftIn: readonly string[];
  /** The objects that differ; empty too where the fingerprint has no list of them, for there were too many. */
  readonly driftOf: readonly DriftedObject[];
  readonly dataApiCalls: number;
}

export interface VerifyOptions extends RunnerOptions {
  readonly schema: SchemaReader;
}

/**
 * Is the database what the migrations made of it? Looks at the states of the migrations, at the schema's fingerprint, and for indexes and
 * constraints that do not do what they promise. Changes nothing. Six calls, two more where migrations failed or are half done, and five
 * (MySQL: two) where the schema has drifted.
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { database, engine, schema } = options;
  const before = database.calls;
  try {
    const snapshot = await readSnapshot(options, null);
    const running = snapshot.history.isBusy ? await engine.diagnostics.activity(database) : null;
    const { migrations, counts } = await describeMigrations(options, snapshot);
    const inspection = await schema.inspect(database);
    const drift = driftOf(inspection);
    const objects = drift.kinds?.length ? ((await schema.drifted(database)) ?? []) : [];
    const findings = [
      ...migrations.flatMap(ofMigration),
      ...drifting(drift.kinds ?? [], objects),
      ...inspection.unsound.map(ofObject),
    ];
    return {
      sound: findings.length === 0,
      findings,
      notes: [...whileRunning(running), ...drift.notes],
      counts,
      drift: drift.kinds && drift.kinds.length > 0,
      driftIn: drift.kinds ?? [],
      driftOf: objects,
      dataApiCalls: database.calls - before,
    };
  } catch (error) {
    throw toMigrationError(error, options.engine.diagnostics);
  }
}

/** What is found meanwhile may be of that run. */
function whileRunning(running: Activity | null): string[] {
  return running === null ? [] : [`${describeActivity(running)}: what is found may be its doing`];
}

const states: Readonly<Partial<Record<State, Pick<Finding, 'message' | 'remedy'>>>> = {
  pending: { message: 'has not been applied', remedy: 'Deploy, or run `up`' },
  reverted: {
    message: 'was reverted and is not applied',
    remedy: 'Deploy or run `up` to apply it again, or delete its file',
  },
  changed: {
    message: 'was edited after it was applied',
    remedy: 'Undo the edit, or see with `plan` what a run makes of it',
  },
  missing: {
    message: 'is applied in the database and not in the folder',
    remedy: 'Take its file back into the folder, or undo it with `down`',
  },
};

function ofMigration({ name, state, error, file, version, statementsApplied }: MigrationReport): Finding[] {
  if (state === 'failed') {
    const isElsewhere = version === null && file === null;
    const what = isElsewhere ? whatIsWrong(statementsApplied, false) : 'failed';
    const message = `${name} ${what}: ${error?.message ?? 'see `status`'}`;
    const place = file !== null && error?.line ? { place: { file, line: error.line } } : {};
    return [{ code: 'failed', message, remedy: error?.remedy ?? 'See `status`', migration: name, ...place }];
  }
  if (error !== null && (state === 'applied' || state === 'baselined')) {
    const message = `${name} ${whatIsWrong(null, true)}: ${error.message}`;
    return [{ code: 'failed', message, remedy: error.remedy, migration: name }];
  }
  const found = state === 'pending' && statementsApplied ? begun(statementsApplied) : states[state];
  return found ? [{ ...found, code: state, message: `${name} ${found.message}`, migration: name }] : [];
}

/** Its run was killed, and has written no failure down. */
function begun(done: number): Pick<Finding, 'message' | 'remedy'> {
  const message = `is half done (statements executed: ${done})`;
  return { message, remedy: 'Deploy, or run `up`: it goes on from there' };
}

function driftOf({ now, recorded }: Inspection): { kinds: readonly string[] | null; notes: string[] } {
  if (!recorded) return { kinds: null, notes: ['No run has left a fingerprint of the schema yet'] };
  const kinds = changedKinds(recorded, now);
  if (!kinds) {
    return {
      kinds,
      notes: ['The fingerprint is of another version of the server or of this tool: the next run with steps renews it'],
    };
  }
  return { kinds, notes: [] };
}

/** So many objects are named, the rest is counted. */
const NAMED = 10;

function drifting(kinds: readonly string[], objects: readonly DriftedObject[]): Finding[] {
  if (kinds.length === 0) return [];
  const named = objects.slice(0, NAMED).map(({ kind, name, change }) => `${kind} ${name} was ${change}`);
  const more = objects.length > NAMED ? [`and ${objects.length - NAMED} more`] : [];
  const what = objects.length > 0 ? [...named, ...more].join(', ') : `what differs is of kind ${kinds.join(', ')}`;
  return [
    {
      code: 'drift',
      message: `The schema has drifted since the last run: ${what}`,
      remedy: 'See the difference with `diff`, then write it into a migration or undo it',
    },
  ];
}

function ofObject({ what, kind, name, remedy }: Unsound): Finding {
  const object = `${kind} ${name}`;
  switch (what) {
    case 'index-invalid':
      return { code: what, message: `The ${object} is invalid: no query uses it`, remedy, object };
    case 'constraint-not-valid':
      return { code: what, message: `The ${object} has a constraint that was never validated`, remedy, object };
    case 'view-invalid':
      return { code: what, message: `The ${object} names what is not there: no query of it succeeds`, remedy, object };
    case 'parent-missing':
      return {
        code: what,
        message: `The ${object} refers to a table that is not there: no row can be written`,
        remedy,
        object,
      };
  }
}
