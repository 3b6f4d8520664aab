import { MigrationError } from '../../core/errors.ts';
import type { CopiedHistory } from '../../engine/rehearser.ts';
import type { Dump, ServerFacts } from '../../runner/dump.ts';
import type { Ask, HistoryAnswer } from '../questions.ts';

/** What a rehearsal reads of a database: its schema, and what was applied to it. */
export interface Source {
  /** A dump, on PostgreSQL with privileges. */
  readonly dump: string;
  readonly server: ServerFacts;
  readonly history: CopiedHistory;
  readonly dataApiCalls: number;
}

/** More attempts than there are. */
const ALL = 1_000_000_000;

/** Reads it, with statements that only read. Throws `unfinished-run` where the history does not tell what is applied. */
export async function readSource(ask: Ask, { isDeployed }: { readonly isDeployed: boolean }): Promise<Source> {
  const dump = await dumpWithGrants(ask);
  const { attempts, stored, dataApiCalls } = await historyWithFacts(ask);
  const running = attempts.find(({ status }) => status === 'running');
  if (running) throw unfinishedRun(running.name);
  return {
    dump: dump.text,
    server: dump.server!,
    history: { attempts, facts: new Map(stored!.facts), unfinished: stored!.unfinished },
    // A database counts from when it was opened, a function from when it was asked.
    dataApiCalls: isDeployed ? dump.dataApiCalls + dataApiCalls : dataApiCalls,
  };
}

/** Privileges name the roles that the copy needs. On MySQL they are no part of a schema. */
async function dumpWithGrants(ask: Ask): Promise<Dump> {
  try {
    return await ask('dump', { server: true, grants: true });
  } catch (error) {
    if (!isCode(error, 'no-grants')) throw error;
    return ask('dump', { server: true });
  }
}

async function historyWithFacts(ask: Ask): Promise<HistoryAnswer> {
  try {
    return await ask('history', { limit: ALL, facts: true });
  } catch (error) {
    if (!isCode(error, 'bad-field')) throw error;
    const problem = {
      code: 'older-function',
      message: 'The deployed function is older than this command and does not tell all that a rehearsal needs',
      remedy: 'Deploy once with this version, or name the cluster itself: --cluster-arn, --secret-arn and --database',
    };
    throw new MigrationError(problem, { cause: error });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof MigrationError && error.problems[0]?.code === code;
}

/** Only the next run finds out what became of a statement in flight, by looking at the database itself. */
function unfinishedRun(migration: string): MigrationError {
  return new MigrationError({
    code: 'unfinished-run',
    message: `${migration} is being applied, or the run of it was interrupted: what became of its last statement is not known yet`,
    remedy: 'Wait for the run, or let `up` finish it; then rehearse again',
    migration,
  });
}
