import type { EngineName, ManifestReader } from '../../core/manifest.ts';
import type { Rehearsal } from '../../core/rehearsal.ts';
import { parseDump } from '../../core/schema-dump.ts';
import { diffDumps, dump } from '../../runner/dump.ts';
import { rehearse } from '../../runner/rehearse.ts';
import { engineOf, rehearserOf, schemaOf } from '../engine.ts';
import type { Values } from '../options.ts';
import { type ScratchServer, scratchDatabase, startScratch } from '../scratch.ts';
import { type Copy, withCopy } from './build.ts';
import type { Source } from './source.ts';

/** What is to be rehearsed. */
export interface Rehearsing {
  /** With the engine of the database. */
  readonly values: Values;
  readonly source: Source;
  readonly migrations: ManifestReader;
  /** Called with what is being done. */
  readonly doing: (what: string) => void;
}

/** Builds the schema on a server that is started for it and thrown away, and applies there what is pending. */
export async function rehearseOnCopy(rehearsing: Rehearsing): Promise<Rehearsal> {
  const { values, source, doing } = rehearsing;
  const { engine } = source.server;
  doing(`starting a ${ENGINES[engine].title}`);
  const server = await startScratch(values, source.server, 'or rehearse on a machine that has it');
  try {
    doing('building a copy of the schema');
    const schema = { ...parseDump(source.dump), preamble: schemaOf(values).preamble };
    return await withCopy(server, engine, schema, copy => onCopy(rehearsing, server, copy));
  } finally {
    await server.stop();
  }
}

async function onCopy(rehearsing: Rehearsing, { local }: ScratchServer, copy: Copy): Promise<Rehearsal> {
  const { values, source, migrations, doing } = rehearsing;
  const { engine } = source.server;
  const database = scratchDatabase(local);
  const schema = schemaOf(values);
  const dumped = async () => (await dump({ database, schema, grants: engine === 'postgresql' })).text;
  const before = await dumped();
  let after = before;
  doing('applying what is pending to the copy');
  const rehearsed = await rehearse({
    database,
    engine: engineOf(values),
    migrations,
    requestedBy: 'rehearsal',
    rehearser: rehearserOf(values),
    copied: source.history,
    down: values.down === true,
    complete: copy.complete,
    onApplied: async () => {
      after = await dumped();
    },
    ...(values['on-changed'] !== undefined && { onChanged: values['on-changed'] }),
    ...(values['out-of-order'] !== undefined && { outOfOrder: values['out-of-order'] }),
  });
  const { changes, text: diff } = diffDumps({ wanted: before, live: after, sides: SIDES });
  const { dataApiCalls } = source;
  return { engine, ...rehearsed, copy: copy.gaps, changes, diff, unknown: ENGINES[engine].unknown, dataApiCalls };
}

const SIDES = { before: 'database', after: 'database with what is pending' };

/** The engines of the copy, and what it cannot tell. */
const ENGINES: Readonly<Record<EngineName, { readonly title: string; readonly unknown: readonly string[] }>> = {
  postgresql: {
    title: 'PostgreSQL',
    unknown: [
      'The copy has no rows: how long a statement takes is not known, nor whether rows break a constraint (SQLSTATE 23502, 23503, 23505, 23514) or do not fit a new type',
      'The copy is a PostgreSQL 17, with the settings of a new server and the rights of a master user',
    ],
  },
  mysql: {
    title: 'MySQL',
    unknown: [
      'The copy has no rows: how long a statement takes is not known, nor whether rows break a constraint (errors 1062, 1452, 3819) or do not fit a new definition (1138, 1265, 1406)',
      'The copy is of the version of the mysqld on the PATH: older ones accept INSTANT for fewer changes',
    ],
  },
};
