import { expect } from 'vitest';
import { type RunnerOptions, status } from '../../lib/runner/index.ts';
import type { Files } from './migrations.ts';

/** A bench of either engine. */
interface Undoing {
  up(files: Files): Promise<unknown>;
  revert(files: Files, what: { readonly steps: number }): Promise<unknown>;
  runner(files: Files): Promise<RunnerOptions>;
}

/** After `down` the status of a migration says that it was reverted, and not how many statements are done. */
export async function expectNoCountAfterDown(made: Undoing): Promise<void> {
  const files = {
    '001_a': '-- migrate:up\ncreate table a (id int);\ncreate table b (id int);\n-- migrate:down\ndrop table a, b;',
  };
  await made.up(files);
  await made.revert(files, { steps: 1 });
  const { migrations } = await status(await made.runner(files));
  expect(migrations.at(-1)).toMatchObject({ state: 'reverted', statementsApplied: null });
}
