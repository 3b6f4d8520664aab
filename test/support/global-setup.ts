import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../lib/local/index.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser on the server that all tests share, database `postgres`. */
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run: that of `TEST_POSTGRES_URL`, or an embedded one. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const url = process.env.TEST_POSTGRES_URL;
  if (url !== undefined) {
    project.provide('postgresUrl', url);
    return undefined;
  }
  const server = await startEmbedded({ settings: { max_connections: '300', shared_buffers: '64MB' } });
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
