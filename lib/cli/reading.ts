import { type Compiled, reader } from '../compile/index.ts';
import { type Judged, onlyJudged } from '../compile/judged.ts';
import { type Review, review, type Unapplied } from '../runner/review.ts';
import type { Invocation } from './command.ts';
import { openFunction } from './deployed/index.ts';
import { readThrough, withTold } from './deployed/reads.ts';
import { eachWaitOnce } from './each-wait-once.ts';
import { unlessInterrupted } from './interrupted.ts';
import { openDatabase, planOptions } from './open-database.ts';
import { OPTIONS, type Values } from './options.ts';
import { type FunctionPlace, place, titleOf } from './project-folder.ts';

/** Where a command looks what a folder would do to a database. It changes neither. */
export interface Reading {
  /** The options of the command, with what the deployed function was told of the folder. */
  readonly values: Values;
  /** `sql/migrations → embedded PostgreSQL in .aurora-migrations`: what stands above an answer. */
  readonly title: string;
  /** Reviews a folder that compiled without errors. Where the database is opened for it, it is closed whatever happens. */
  review(compiled: Compiled, how?: { readonly sql?: boolean }): Promise<Review>;
}

/** Options of the construct that say what this folder is, and how it is planned: they may differ from what the function was told. */
const OF_THE_FOLDER = ['dir', 'on-changed', 'out-of-order'] as const;

/** Finds the database that the options name, or the function that reaches it. */
export async function openReading(invocation: Invocation): Promise<Reading> {
  const { values } = invocation;
  const where = place(values, OF_THE_FOLDER);
  if (where.kind === 'function') return readingThrough(invocation, where);
  return {
    values,
    title: titleFor(values, titleOf(where)),
    async review(compiled, how = {}) {
      const { options, close } = await openDatabase(invocation, where, eachWaitOnce(invocation.err));
      try {
        return await unlessInterrupted(
          invocation.context,
          review({ ...options, ...how, migrations: reader(compiled) }),
        );
      } finally {
        await close();
      }
    },
  };
}

async function readingThrough({ values, context, err }: Invocation, where: FunctionPlace): Promise<Reading> {
  const { read, title } = await openFunction(where, context, eachWaitOnce(err));
  const { engine, database, told } = await readThrough(read);
  const options = { engine, database, ...told.plan, ...planOptions(values) };
  return {
    values: { ...values, ...told.names },
    title: titleFor(values, title),
    review: async (compiled, how = {}) => {
      const before = database.calls;
      const migrations = reader(compiled);
      const reviewed = await review({
        ...options,
        ...how,
        engine: withTold(engine, told, { ...options, migrations }),
        migrations,
      });
      const { planned } = reviewed;
      // The history was read before: its calls belong to the answer.
      return { ...reviewed, planned: { ...planned, dataApiCalls: planned.dataApiCalls + before } };
    },
  };
}

function titleFor({ dir = OPTIONS.dir.default }: Values, database: string): string {
  return `${dir} → ${database}`;
}

/** What the safety rules say of a folder for one database: only of what will be executed there. */
export function judgeFor({ judgeFor, warnings }: Compiled, { toRun, neverApplied }: Unapplied): Judged {
  return onlyJudged({ findings: judgeFor(neverApplied), warnings }, migration => toRun.has(migration));
}
