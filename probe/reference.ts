import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { hasMysqld, type LocalOptions, startLocal } from '../lib/local/index.ts';
import type { Api } from './api.ts';
import type { Engine } from './step.ts';

/** Clocks of the local Data API that a service is compared with: three minutes are 3.6 s. */
const SCALE = 0.02;

/** A local Data API as what is probed. */
export interface Reference {
  readonly api: Api;
  stop(): Promise<void>;
}

/** Starts a local Data API over an empty database, with settings; undefined where there is no server of that engine to start. */
export async function startReference(engine: Engine, options: LocalOptions): Promise<Reference | undefined> {
  if (engine === 'mysql' && options.url === undefined && !hasMysqld()) return undefined;
  const local = await startLocal({ ...options, engine, clocks: { scale: SCALE } });
  const { endpoint, region, credentials, resourceArn, secretArn, database } = local;
  const client = new RDSDataClient({ endpoint, region, credentials: { ...credentials }, maxAttempts: 1 });
  return {
    api: {
      engine,
      client,
      target: { resourceArn, secretArn, database },
      scale: SCALE,
      pause: async () => local.faults.add({ fault: 'resuming' }),
    },
    async stop() {
      client.destroy();
      await local.stop();
    },
  };
}
