import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import { installClients } from './clients/install.ts';
import base from './vitest.config.ts';

installClients();

/** `npm run test:clients`: client libraries of the Data API against the local one. They are installed into `clients/node_modules`. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: configDefaults.exclude } },
  defineConfig({
    test: {
      include: ['clients/suites/*.test.ts'],
      // Two of the libraries send by version 2 of the SDK, which says at each start that its time is over.
      env: { AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1' },
    },
  }),
);
