import type { CopyGaps } from '../../core/rehearsal.ts';
import type { Schema } from '../../core/schema.ts';
import { scanScript } from '../../engine/mysql/statement/script.ts';
import type { Refused, ScriptSession } from '../../local/script.ts';

/** Builds a schema object by object. Gives back those that the server refuses. */
export async function buildMysql(
  session: ScriptSession,
  { objects, preamble }: Schema & { readonly preamble: string },
): Promise<CopyGaps['leftOut']> {
  const leftOut: CopyGaps['leftOut'][number][] = [];
  for (const sql of statementsOf(preamble)) await session.run(sql);
  for (const { kind, name, sql } of objects) {
    const refused = await attemptAll(session, statementsOf(sql));
    if (refused) leftOut.push({ kind, name, why: refused.message });
  }
  return leftOut;
}

/** Up to the first that is refused. */
async function attemptAll(session: ScriptSession, statements: readonly string[]): Promise<Refused | null> {
  for (const sql of statements) {
    const refused = await session.attempt(sql);
    if (refused) return refused;
  }
  return null;
}

function statementsOf(text: string): string[] {
  return scanScript(text).statements.map(({ first, end }) => text.slice(first, end));
}
