import { reader } from '../compile/index.ts';
import type { Manifest, ManifestReader } from '../core/manifest.ts';
import type { RunEvent } from '../core/report.ts';
import type { Invocation } from './command.ts';
import { openFunction } from './deployed/index.ts';
import { type ReadOnly, readThrough } from './deployed/reads.ts';
import { direct } from './direct.ts';
import { eachWaitOnce } from './each-wait-once.ts';
import { compileFolder, soundFolderWithWarnings } from './folder.ts';
import { openDatabase } from './open-database.ts';
import { OPTIONS } from './options.ts';
import { place, titleOf } from './project-folder.ts';
import type { Ask } from './questions.ts';

/** Something that answers: a compiled folder with the database that it is for, or a deployed function, which has both. */
export interface Session {
  readonly ask: Ask;
  /** What reads the same database, for what no action answers. */
  readonly reads: () => Promise<ReadOnly>;
  /** `sql/migrations → embedded PostgreSQL in .aurora-migrations`: what stands above an answer. */
  readonly title: string;
  /** Of the folder; null where a deployed function has its own. */
  readonly migrations: ManifestReader | null;
}

export interface SessionOptions {
  /** What is needed of the folder: all of it, what compiles, or nothing. @default 'sound' */
  readonly folder?: 'sound' | 'any' | 'none';
  /** Called with each event. Waits are one, and said once on stderr where nobody listens. */
  readonly on?: (event: RunEvent) => void;
  /** Called before the work. */
  readonly begin?: (session: Session) => void;
  /** Called when all has ended, also where nothing could be opened. */
  readonly end?: () => void;
}

/** Compiles the folder, opens the database or finds the function, does the work, closes what was opened whatever happens. */
export async function withSession<T>(
  invocation: Invocation,
  work: (session: Session) => Promise<T>,
  { folder = 'sound', on = eachWaitOnce(invocation.err), begin, end }: SessionOptions = {},
): Promise<T> {
  try {
    const { session, close } = await openSession(invocation, folder, on);
    try {
      begin?.(session);
      return await work(session);
    } finally {
      await close?.();
    }
  } finally {
    end?.();
  }
}

async function openSession(
  invocation: Invocation,
  folder: NonNullable<SessionOptions['folder']>,
  on: (event: RunEvent) => void,
): Promise<{ readonly session: Session; readonly close?: () => Promise<void> }> {
  const { values, context } = invocation;
  const where = place(values);
  if (where.kind === 'function') {
    const { ask, read, title } = await openFunction(where, context, on);
    return { session: { ask, reads: () => readThrough(read), title, migrations: null } };
  }
  const migrations = await readFolder(invocation, folder);
  const { options, close } = await openDatabase(invocation, where, on);
  const from = folder === 'none' ? '' : `${values.dir ?? OPTIONS.dir.default} → `;
  const ask = direct({ ...options, migrations }, values, context);
  return { session: { ask, reads: async () => options, title: `${from}${titleOf(where)}`, migrations }, close };
}

async function readFolder({ values, err }: Invocation, need: 'sound' | 'any' | 'none'): Promise<ManifestReader> {
  if (need === 'none') return empty;
  if (need === 'any') {
    const compiled = await compileFolder(values).catch(() => undefined);
    return compiled && compiled.errors.length === 0 ? reader(compiled) : empty;
  }
  return reader(await soundFolderWithWarnings({ values, err }));
}

/** For what is about the database only. */
const empty: ManifestReader = {
  manifest: { format: 1, engine: 'postgresql', digest: '', migrations: [] } satisfies Manifest,
  body: name => Promise.reject(new Error(`no folder was read, and so no ${name}`)),
};
