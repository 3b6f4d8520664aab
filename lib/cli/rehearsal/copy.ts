import type { CopyGaps } from '../../core/rehearsal.ts';
import type { Schema } from '../../core/schema.ts';
import { openScript } from '../../local/script.ts';
import type { ScratchServer } from '../scratch.ts';
import { buildMysql } from './build-mysql.ts';
import { buildPostgresql } from './build-postgresql.ts';
import { missingRole, StandIns } from './stand-ins.ts';

/** The copy of a schema: what is missing of it, and what can be made that it lacks. */
export interface Copy {
  readonly gaps: CopyGaps;
  /** Makes the role that a statement named and the server lacks, for roles belong to the server, which was not copied. False: that was not the reason. */
  complete(failure: { readonly code: string | null; readonly message: string }): Promise<boolean>;
}

/** Builds a schema in the empty database of a scratch server, works with it, and ends the sessions that built it. */
export async function withCopy<T>(
  { url, superuserUrl, local }: ScratchServer,
  engine: 'postgresql' | 'mysql',
  schema: Schema & { readonly preamble: string },
  work: (copy: Copy) => Promise<T>,
): Promise<T> {
  const session = await openScript(engine === 'mysql' ? url : superuserUrl);
  try {
    if (engine === 'mysql') {
      const leftOut = await buildMysql(session, schema);
      const gaps = { extensions: [], standIns: [], leftOut, notDumped: schema.notDumped };
      return await work({ gaps, complete: async () => false });
    }
    const standIns = new StandIns(session, decodeURIComponent(new URL(local.postgresUrl).username));
    const { extensions, leftOut } = await buildPostgresql(session, standIns, schema);
    return await work({
      get gaps() {
        return { extensions, standIns: standIns.made, leftOut, notDumped: schema.notDumped };
      },
      async complete(failure) {
        const role = missingRole(failure);
        return role !== null && (await standIns.makeRole(role, { known: false })) === null;
      },
    });
  } finally {
    await session.end();
  }
}
