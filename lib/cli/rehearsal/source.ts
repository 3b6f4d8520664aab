import { MigrationError } from '../../core/errors.ts';
import type { CopiedHistory } from '../../engine/rehearser.ts';
import type { Dump, ServerFacts } from '../../runner/dump.ts';
import { storedFacts } from '../../runner/stored-facts.ts';
import type { Told } from '../deployed/reads.ts';
import type { Ask } from '../questions.ts';
import type { Session } from '../session.ts';

/** What a rehearsal reads of a database: its schema, and what was applied to it. */
export interface Source {
  readonly dump: string;
  /** Whether the dump has privileges: of MySQL they are no part of a schema. */
  readonly grants: boolean;
  readonly server: ServerFacts;
  readonly history: CopiedHistory;
  /** Of a deployed function. */
  readonly told: Told | undefined;
  readonly dataApiCalls: number;
}

/** More attempts than there are. */
const ALL = 1_000_000_000;

/** Reads it, with statements that only read. Throws `unfinished-run` where the history does not tell what is applied. */
export async function readSource({ ask, reads }: Pick<Session, 'ask' | 'reads'>): Promise<Source> {
  const { dump, grants } = await dumpWithGrants(ask);
  const { attempts, dataApiCalls } = await ask('history', { limit: ALL });
  const running = attempts.find(({ status }) => status === 'running');
  if (running) throw unfinishedRun(running.name);
  const through = await reads();
  const more = await storedFacts(through, attempts);
  return {
    dump: dump.text,
    grants,
    server: dump.server!,
    history: { attempts, facts: new Map(more.facts), unfinished: more.unfinished },
    told: through.told,
    // A database counts from when it was opened, a function from when it was asked.
    dataApiCalls: through.told ? dump.dataApiCalls + dataApiCalls + more.dataApiCalls : more.dataApiCalls,
  };
}

/** Privileges name the roles that the copy needs. */
async function dumpWithGrants(ask: Ask): Promise<{ readonly dump: Dump; readonly grants: boolean }> {
  try {
    return { dump: await ask('dump', { server: true, grants: true }), grants: true };
  } catch (error) {
    if (!isCode(error, 'no-grants')) throw error;
    return { dump: await ask('dump', { server: true }), grants: false };
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
