import { join } from 'node:path';
import { BUILT } from '../support/built.ts';

/** The construct as an app imports it that has the package installed. */
export const { AuroraMigrations }: typeof import('../../lib/cdk/index.ts') = await import(
  join(BUILT, 'lib/cdk/index.js')
);

/** The stack of the example. */
export const { ExampleStack }: typeof import('../../lib/cdk/example-stack.ts') = await import(
  join(BUILT, 'lib/cdk/example-stack.js')
);

/** The app of the example: all that `bin/app.ts` does. */
export const { exampleApp }: typeof import('../../lib/cdk/example-app.ts') = await import(
  join(BUILT, 'lib/cdk/example-app.js')
);
