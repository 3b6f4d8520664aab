import type { CopyGaps } from '../../core/rehearsal.ts';
import type { Schema } from '../../core/schema.ts';
import { scanScript } from '../../engine/mysql/statement/script.ts';
import { ScriptError, type ScriptSession } from '../../local/script.ts';

/** Builds a schema object by object. Gives back those that the server refuses. */
export async function buildMysql(
  session: ScriptSession,
  { objects, preamble }: Schema & { readonly preamble: string },
): Promise<CopyGaps['leftOut']> {
  const leftOut: CopyGaps['leftOut'][number][] = [];
  await runScript(session, preamble);
  for (const { kind, name, sql } of objects) {
    try {
      await runScript(session, sql);
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      leftOut.push({ kind, name, why: error.message });
    }
  }
  return leftOut;
}

async function runScript(session: ScriptSession, text: string): Promise<void> {
  for (const { first, end } of scanScript(text).statements) await session.run(text.slice(first, end));
}
