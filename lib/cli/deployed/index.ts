import type { RunEvent } from '../../core/report.ts';
import type { Context } from '../context.ts';
import { unlessInterrupted } from '../interrupted.ts';
import type { FunctionPlace } from '../project-folder.ts';
import type { Action, Ask, Questions } from '../questions.ts';
import { aws } from './aws-problem.ts';
import { allPages } from './pages.ts';
import type { Read, ReadAnswer } from './reads.ts';

/** What may be sent again when its answer is lost. `revert` by steps would undo more; the others are not worth a difference. */
const READS: readonly (Action | 'read')[] = ['status', 'plan', 'history', 'dump', 'verify', 'read'];

/**
 * The answers of a deployed deploy hook, which is invoked with the action as JSON. The AWS SDK's clients are loaded only here: nobody else
 * needs them, and loading takes longer than most commands.
 */
export async function openFunction(
  where: FunctionPlace,
  context: Context,
  on: (event: RunEvent) => void,
): Promise<{ ask: Ask; read: Read; title: string }> {
  const { region, profile } = where;
  const settings = { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
  const name = await unlessInterrupted(context, aws(where, nameOf(where, settings)));
  const { invoker } = await import('./invoke.ts');
  const invoke = invoker(name, settings);
  const ask = async (action: Action | 'read', fields: object): Promise<unknown> => {
    if (!READS.includes(action)) on({ event: 'waiting', what: `the function ${shortName(name)}`, seconds: 0 });
    const once = (more: object) => invoke({ action, ...fields, ...more }, READS.includes(action));
    return await unlessInterrupted(context, aws({ function: name }, allPages(action, once)));
  };
  return {
    ask: ask as <A extends Action>(a: A, f: object) => Promise<Questions[A]['answer']>,
    read: fields => ask('read', fields) as Promise<ReadAnswer>,
    title: titleOf(where, name),
  };
}

async function nameOf(where: FunctionPlace, settings: object): Promise<string> {
  if (where.function !== undefined) return where.function;
  const { findHook } = await import('./stack.ts');
  return findHook(where.stack!, settings);
}

function titleOf({ stack }: FunctionPlace, name: string): string {
  return stack === undefined ? `function ${shortName(name)}` : `function ${shortName(name)} of stack ${stack}`;
}

/** Of an ARN the name. */
function shortName(name: string): string {
  return /:function:([^:]+)/.exec(name)?.[1] ?? name;
}
