import { fileURLToPath } from 'node:url';
import { auroraMigrations } from './aurora-migrations.ts';
import { auroraMigrationsHook } from './aurora-migrations-hook.ts';
import type { Contestant } from './contestant.ts';
import { drizzle } from './drizzle.ts';
import { floor } from './floor.ts';
import { knex } from './knex.ts';
import { kysely } from './kysely.ts';
import { sst } from './sst.ts';
import { sstWithCast } from './sst-with-cast.ts';

export type { Contestant, Situation } from './contestant.ts';

/** Those that the project is compared with as its best other. */
const others: readonly Contestant[] = [sst, sstWithCast, kysely, drizzle, knex];

export const CONTESTANTS: readonly Contestant[] = [auroraMigrations, auroraMigrationsHook, ...others, floor];

export const OTHERS: readonly string[] = others.map(({ name }) => name);

/** The module of one, for a process that loads no other. */
export function contestantFile(name: string): string {
  return fileURLToPath(new URL(`${name}.ts`, import.meta.url));
}
