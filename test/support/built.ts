import { join } from 'node:path';
import { inject } from 'vitest';

/** The package as it was built for this run (see `build.ts`): the folder that `dist` is. */
export const BUILT = inject('built');

/** The command line in it: `node <this> up`. */
export const BUILT_CLI = join(BUILT, 'bin/migrate.js');

/** A folder of the packages that Lambda's runtime brings along, for `NODE_PATH`. */
export const RUNTIME_PACKAGES = join(BUILT, 'runtime');
