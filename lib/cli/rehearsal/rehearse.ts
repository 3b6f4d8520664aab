import type { ManifestReader } from '../../core/manifest.ts';
import type { Rehearsal } from '../../core/rehearsal.ts';
import { parseDump } from '../../core/schema-dump.ts';
import type { Copy, Rehearser } from '../../engine/rehearser.ts';
import { diffDumps, dump } from '../../runner/dump.ts';
import { rehearse } from '../../runner/rehearse.ts';
import { withTold } from '../deployed/reads.ts';
import { engineOf, rehearserOf, schemaOf } from '../engine.ts';
import { planOptions } from '../open-database.ts';
import type { Values } from '../options.ts';
import { type ScratchServer, scratchDatabase, startScratch } from '../scratch.ts';
import { withCopy } from './copy.ts';
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
  const rehearser = rehearserOf(values);
  doing(`starting a ${rehearser.server}`);
  const server = await startScratch(values, source.server, 'or rehearse on a machine that has it');
  try {
    doing('building a copy of the schema');
    const schema = { ...parseDump(source.dump), preamble: schemaOf(values).preamble };
    return await withCopy(server, rehearser, schema, copy => onCopy(rehearsing, server, { rehearser, copy }));
  } finally {
    await server.stop();
  }
}

async function onCopy(
  { values, source, migrations, doing }: Rehearsing,
  { local }: ScratchServer,
  { rehearser, copy }: { readonly rehearser: Rehearser; readonly copy: Copy },
): Promise<Rehearsal> {
  const database = scratchDatabase(local);
  const schema = schemaOf(values);
  const dumped = async () => (await dump({ database, schema, grants: source.grants })).text;
  const before = await dumped();
  let after = before;
  doing('applying what is pending to the copy');
  const rehearsed = await rehearse({
    database,
    engine: withTold(engineOf(values), source.told, { ...source.told?.plan, ...planOptions(values), migrations }),
    migrations,
    requestedBy: 'rehearsal',
    rehearser,
    copied: source.history,
    down: values.down === true,
    complete: copy.complete,
    onApplied: async () => {
      after = await dumped();
    },
    ...source.told?.plan,
    ...planOptions(values),
  });
  const { changes, text: diff } = diffDumps({ wanted: before, live: after, sides: SIDES });
  const { dataApiCalls, server } = source;
  const { gaps } = copy;
  return { engine: server.engine, ...rehearsed, copy: gaps, changes, diff, unknown: rehearser.unknown, dataApiCalls };
}

const SIDES = { before: 'database', after: 'database with what is pending' };
