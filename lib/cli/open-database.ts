import type { RunEvent } from '../core/report.ts';
import type { WriteOptions } from '../runner/index.ts';
import type { Invocation } from './command.ts';
import { engineOf, schemaOf } from './engine.ts';
import { unlessInterrupted } from './interrupted.ts';
import type { DatabasePlace } from './project-folder.ts';
import { requestedBy } from './requested-by.ts';
import { openTarget } from './target.ts';

/** A database that is open, and what the runner is told besides the folder. */
export interface OpenDatabase {
  readonly options: Omit<WriteOptions, 'migrations'>;
  close(): Promise<void>;
}

/** Opens the database that the options of a command name. */
export async function openDatabase(
  invocation: Invocation,
  where: DatabasePlace,
  on: (event: RunEvent) => void,
): Promise<OpenDatabase> {
  const { values, context } = invocation;
  const opening = openTarget(invocation, where, wait => on({ event: 'waiting', ...wait }));
  const target = await unlessInterrupted(context, opening).catch(thrown => {
    // What was on its way to be opened is closed when it is there: a server must not stay behind.
    opening.then(late => late.close()).catch(() => undefined);
    throw thrown;
  });
  const options = {
    database: target.database,
    engine: engineOf(values),
    requestedBy: requestedBy(context.env),
    schema: schemaOf(values),
    signal: context.signal,
    on,
    ...planOptions(values),
    ...(values['lock-timeout'] !== undefined && { lockTimeoutMs: values['lock-timeout'] }),
  };
  return { options, close: () => target.close() };
}

/** What decides a plan, as far as it was given. */
export function planOptions(values: Invocation['values']): Pick<WriteOptions, 'onChanged' | 'outOfOrder'> {
  return {
    ...(values['on-changed'] !== undefined && { onChanged: values['on-changed'] }),
    ...(values['out-of-order'] !== undefined && { outOfOrder: values['out-of-order'] }),
  };
}
