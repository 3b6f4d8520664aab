import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import { fetchAll, TOO_OLD } from './test/versions/fetch.ts';
import base from './vitest.config.ts';

/** What has to hold on every server: install, apply, fail, non-transactional statements, undo, dump, verify. */
const CORE = [
  'test/engine/{empty,tracking}.test.ts',
  'test/runner/{changed,content,failing,session,stepwise}.test.ts',
  'test/operator/{baseline,down,stepwise-down,drift}.test.ts',
  'test/schema/{changes,commands,fidelity,sample,scope,text,verify}.test.ts',
];

const servers = await fetchAll(process.env.VERSIONS);
for (const server of servers)
  if ('missing' in server) console.error(`!!! PostgreSQL ${server.major} IS SKIPPED: ${server.missing}`);

/** `npm run test:versions`: the core of the suite on every PostgreSQL that is supported. `VERSIONS=13,14` chooses some of them. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: servers
      .filter(server => 'native' in server)
      .map(({ major, native }) =>
        mergeConfig(
          { ...base, test: { ...base.test, include: [], exclude: configDefaults.exclude, globalSetup: [] } },
          defineConfig({
            test: {
              name: `PostgreSQL ${major}`,
              include: major === TOO_OLD ? ['test/versions/refused.test.ts'] : CORE,
              globalSetup: ['test/versions/setup.ts'],
              provide: { postgresPrograms: native },
            },
          }),
        ),
      ),
  },
});
