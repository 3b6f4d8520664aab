import { reader } from '../compile/index.ts';
import type { Manifest, ManifestReader } from '../core/manifest.ts';
import type { RunEvent } from '../core/report.ts';
import type { Invocation } from './command.ts';
import { openFunction } from './deployed/index.ts';
import { direct } from './direct.ts';
import { engineOf, schemaOf } from './engine.ts';
import { compileFolder, soundFolder } from './folder.ts';
import { unlessInterrupted } from './interrupted.ts';
import { OPTIONS } from './options.ts';
import { place, titleOf } from './place.ts';
import type { Ask } from './questions.ts';
import { count } from './render/count.ts';
import { problems } from './render/problem.ts';
import type { Screen } from './render/screen.ts';
import { requestedBy } from './requested-by.ts';
import { openTarget } from './target.ts';

/** Something that answers: a compiled folder with the database that it is for, or a deployed function, which has both. */
export interface Session {
  readonly ask: Ask;
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
}

/** Compile the folder, open the database or find the function, do the work, close what was opened whatever happens. */
export async function withSession<T>(
  invocation: Invocation,
  work: (session: Session) => Promise<T>,
  { folder = 'sound', on = eachWaitOnce(invocation.err) }: SessionOptions = {},
): Promise<T> {
  const { values, context } = invocation;
  const where = place(values);
  if (where.kind === 'function') {
    const { ask, title } = await openFunction(where, context, on);
    return await work({ ask, title, migrations: null });
  }
  const migrations = await readFolder(invocation, folder);
  const opening = openTarget(invocation, where, wait => on({ event: 'waiting', ...wait }));
  const target = await unlessInterrupted(context, opening).catch(thrown => {
    // What was on its way to be opened is closed when it is there: a server must not stay behind.
    opening.then(late => late.close()).catch(() => undefined);
    throw thrown;
  });
  const options = {
    database: target.database,
    migrations,
    engine: engineOf(values),
    requestedBy: requestedBy(context.env),
    schema: schemaOf(values),
    signal: context.signal,
    on,
    ...(values['on-changed'] !== undefined && { onChanged: values['on-changed'] }),
    ...(values['out-of-order'] !== undefined && { outOfOrder: values['out-of-order'] }),
    ...(values['lock-timeout'] !== undefined && { lockTimeoutMs: values['lock-timeout'] }),
  };
  const from = folder === 'none' ? '' : `${values.dir ?? OPTIONS.dir.default} → `;
  try {
    return await work({ ask: direct(options, values, context), title: `${from}${titleOf(where)}`, migrations });
  } finally {
    await target.close();
  }
}

async function readFolder({ values, err }: Invocation, need: 'sound' | 'any' | 'none'): Promise<ManifestReader> {
  if (need === 'none') return empty;
  if (need === 'any') {
    const compiled = await compileFolder(values).catch(() => undefined);
    return compiled && compiled.errors.length === 0 ? reader(compiled) : empty;
  }
  const compiled = await soundFolder(values);
  if (compiled.warnings.length > 0 && !values.json) {
    if (values.verbose) err.lines(problems(compiled.warnings, err, 'warning'));
    else
      err.lines([err.color.dim(`${count(compiled.warnings.length, 'warning')}: "aurora-migrations check" shows them`)]);
  }
  return reader(compiled);
}

/** For what is about the database only. */
const empty: ManifestReader = {
  manifest: { format: 1, engine: 'postgresql', digest: '', migrations: [] } satisfies Manifest,
  body: name => Promise.reject(new Error(`no folder was read, and so no ${name}`)),
};

function eachWaitOnce(screen: Screen): (event: RunEvent) => void {
  const said = new Set<string>();
  return event => {
    if (event.event !== 'waiting' || said.has(event.what)) return;
    said.add(event.what);
    screen.lines([screen.color.dim(`… waiting: ${event.what}`)]);
  };
}
