import type { CopyGaps } from '../../core/rehearsal.ts';
import type { Schema, SchemaObject } from '../../core/schema.ts';
import type { Refused, ScriptSession } from '../../local/script.ts';
import { missingRole, missingType, type StandIns } from './stand-ins.ts';

/** What only a superuser may make: on Aurora the master user may make some of it. */
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Builds a schema object by object, each in a transaction of its own, so that one that cannot be built takes nothing else with it.
 * @param session of the superuser
 */
export async function buildPostgresql(
  session: ScriptSession,
  standIns: StandIns,
  { objects, preamble }: Schema & { readonly preamble: string },
): Promise<Pick<CopyGaps, 'extensions' | 'leftOut'>> {
  const extensions: string[] = [];
  const leftOut: CopyGaps['leftOut'][number][] = [];
  await session.run(preamble);
  await standIns.asMaster();
  for (const object of objects) {
    const error = await build(session, standIns, object, extensions);
    if (error === null) continue;
    if (object.kind === 'extension') extensions.push(object.name);
    else leftOut.push({ kind: object.kind, name: object.name, why: error.message });
  }
  return { extensions, leftOut };
}

/** Builds one object, with what it lacks made before. Gives back why it cannot be built; null: it is there. */
async function build(
  session: ScriptSession,
  standIns: StandIns,
  { sql, kind }: SchemaObject,
  extensions: readonly string[],
): Promise<Refused | null> {
  for (;;) {
    const refused = await session.attempt(sql);
    if (refused === null) return null;
    if (refused.code === INSUFFICIENT_PRIVILEGE) return standIns.asSuperuser(sql);
    const role = missingRole(refused);
    // Only what an extension brings may be missing in a schema that is whole.
    const type = extensions.length > 0 && kind !== 'extension' ? missingType(refused) : null;
    const isMade =
      (role !== null && (await standIns.makeRole(role, { known: true })) === null) ||
      (type !== null && (await standIns.makeType(type)) === null);
    if (!isMade) return refused;
  }
}
