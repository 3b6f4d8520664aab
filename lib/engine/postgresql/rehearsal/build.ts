import type { CopyGaps } from '../../../core/rehearsal.ts';
import type { Schema, SchemaObject } from '../../../core/schema.ts';
import type { BuildSession, Copy, Refused } from '../../rehearser.ts';
import { missingRole, missingType, StandIns } from './stand-ins.ts';

/** What only a superuser may make: on Aurora the master user may make some of it. */
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * See `Rehearser.build`. Each object is built in a transaction of its own, so that one that cannot be built takes nothing else with it.
 * @param session of the superuser
 */
export async function build(
  session: BuildSession,
  { objects, preamble, notDumped }: Schema & { readonly preamble: string },
  master: string,
): Promise<Copy> {
  const standIns = new StandIns(session, master);
  const extensions: string[] = [];
  const leftOut: CopyGaps['leftOut'][number][] = [];
  await session.run(preamble);
  await standIns.asMaster();
  for (const object of objects) {
    const error = await buildObject(session, standIns, object, extensions);
    if (error === null) continue;
    if (object.kind === 'extension') extensions.push(object.name);
    else leftOut.push({ kind: object.kind, name: object.name, why: error.message });
  }
  return {
    gaps: { extensions, standIns: standIns.made, leftOut, notDumped },
    async complete(failure) {
      const role = missingRole(failure);
      return role !== null && (await standIns.makeRole(role, { known: false })) === null;
    },
  };
}

/** Builds one object, with what it lacks made before. Gives back why it cannot be built; null: it is there. */
async function buildObject(
  session: BuildSession,
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
