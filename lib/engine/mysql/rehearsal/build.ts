import type { CopyGaps } from '../../../core/rehearsal.ts';
import type { Schema } from '../../../core/schema.ts';
import type { BuildSession, Copy, Refused } from '../../rehearser.ts';
import { scanScript } from '../statement/script.ts';

/** See `Rehearser.build`. What the server refuses is left out. */
export async function build(
  session: BuildSession,
  { objects, preamble, notDumped }: Schema & { readonly preamble: string },
): Promise<Copy> {
  const leftOut: CopyGaps['leftOut'][number][] = [];
  for (const sql of statementsOf(preamble)) await session.run(sql);
  for (const { kind, name, sql } of objects) {
    const refused = await attemptAll(session, statementsOf(sql));
    if (refused) leftOut.push({ kind, name, why: refused.message });
  }
  return { gaps: { extensions: [], standIns: [], leftOut, notDumped }, complete: async () => false };
}

/** Up to the first that is refused. */
async function attemptAll(session: BuildSession, statements: readonly string[]): Promise<Refused | null> {
  for (const sql of statements) {
    const refused = await session.attempt(sql);
    if (refused) return refused;
  }
  return null;
}

function statementsOf(text: string): string[] {
  return scanScript(text).statements.map(({ first, end }) => text.slice(first, end));
}
