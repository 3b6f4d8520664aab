import { reader } from '../compile/index.ts';
import type { ManifestReader } from '../core/manifest.ts';
import type { Wait } from '../data-api/index.ts';
import { postgresql } from '../engine/postgresql/index.ts';
import type { RunnerOptions } from '../runner/index.ts';
import type { Invocation } from './command.ts';
import { soundFolder } from './folder.ts';
import { unlessInterrupted } from './interrupted.ts';
import { OPTIONS } from './options.ts';
import { count } from './render/count.ts';
import { problem } from './render/problem.ts';
import type { Screen } from './render/screen.ts';
import { openTarget } from './target.ts';

/** A compiled folder and the database that it is for. */
export interface Session {
  readonly runner: RunnerOptions;
  readonly migrations: ManifestReader;
  /** `sql/migrations → embedded PostgreSQL in .aurora-migrations`: what stands above an answer. */
  readonly title: string;
}

/** Compile the folder, open the database, do the work, close the database whatever happens. */
export async function withSession<T>(
  invocation: Invocation,
  work: (session: Session) => Promise<T>,
  onWait: (wait: Wait) => void = eachOnce(invocation.err),
): Promise<T> {
  const { values, err, context } = invocation;
  const compiled = await soundFolder(values);
  if (compiled.warnings.length > 0 && !values.json) {
    if (values.verbose) err.lines(compiled.warnings.flatMap(each => [...problem(each, err, 'warning'), '']));
    else
      err.lines([err.color.dim(`${count(compiled.warnings.length, 'warning')}: "aurora-migrations check" shows them`)]);
  }
  const migrations = reader(compiled);
  const opening = openTarget(invocation, onWait);
  const target = await unlessInterrupted(context, opening).catch(thrown => {
    // What was on its way to be opened is closed when it is there: a server must not stay behind.
    opening.then(late => late.close()).catch(() => undefined);
    throw thrown;
  });
  try {
    return await work({
      migrations,
      title: `${values.dir ?? OPTIONS.dir.default} → ${target.title}`,
      runner: {
        database: target.database,
        migrations,
        engine: postgresql({
          schema: values.schema ?? OPTIONS.schema.default,
          table: values.table ?? OPTIONS.table.default,
        }),
        ...(values['on-changed'] !== undefined && { onChanged: values['on-changed'] }),
        ...(values['out-of-order'] !== undefined && { outOfOrder: values['out-of-order'] }),
      },
    });
  } finally {
    await target.close();
  }
}

/** Says what is waited for, once. */
function eachOnce(screen: Screen): (wait: Wait) => void {
  const said = new Set<string>();
  return ({ what }) => {
    if (!said.has(what)) screen.lines([screen.color.dim(`… waiting: ${what}`)]);
    said.add(what);
  };
}
