import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SST_FOLDER } from '../folders.ts';
import type { Target } from '../target.ts';
import { asFunction, lambdaVariables } from './as-function.ts';
import type { Contestant } from './contestant.ts';
import { pretendKysely, writeKysely } from './kysely-files.ts';

/** The function that `RDS.migrations` of SST 2 deploys, in some file, as a contestant. */
export function sstFunction(name: string, title: string, file: () => string): Contestant {
  return {
    name,
    title,
    prepare: async (folder, { applied, pending }) => writeKysely(folder, [...applied, ...pending]),
    pretend: (_, applied) => pretendKysely(applied),
    async run(target, folder) {
      // Its bundle expects the `require` that SST's banner makes.
      (globalThis as { require?: unknown }).require ??= createRequire(import.meta.url);
      const { handler } = (await import(pathToFileURL(file()).href)) as { handler(event: object): Promise<unknown> };
      await asFunction(variables(target, folder), async () => void (await handler({})));
    },
  };
}

/** What the function finds in its environment. */
export function variables(target: Target, folder: string): Record<string, string> {
  return {
    ...lambdaVariables(target),
    RDS_ARN: target.resourceArn,
    RDS_SECRET: target.secretArn,
    RDS_DATABASE: target.database,
    RDS_ENGINE_MODE: target.engine === 'mysql' ? 'mysql' : 'postgres',
    RDS_MIGRATIONS_PATH: folder,
    // As in Lambda: it imports the migrations where they are.
    LAMBDA_TASK_ROOT: folder,
  };
}

/** As it was published. */
export function published(): string {
  return join(SST_FOLDER, 'index.mjs');
}

/** With the cast: `pg_class.relkind` as text. */
export function withCast(): string {
  const file = join(SST_FOLDER, 'with-cast.mjs');
  if (existsSync(file)) return file;
  const text = readFileSync(published(), 'utf8');
  const column = '"c.relkind as table_type"';
  if (text.split(column).length !== 2) throw new Error("SST's function is not the one that was measured");
  writeFileSync(file, text.replace(column, 'je`cast(c.relkind as text)`.as("table_type")'));
  return file;
}
