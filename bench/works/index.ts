import { cold } from './cold.ts';
import { local } from './local.ts';
import { memory } from './memory.ts';
import { mysql } from './mysql.ts';
import { mysqlInserts } from './mysql-inserts.ts';
import { noop } from './noop.ts';
import { pending } from './pending.ts';
import { seed } from './seed.ts';
import { synth } from './synth.ts';
import type { Work } from './work.ts';

/** In the order of the report. */
export const WORKS: readonly Work[] = [noop, ...pending, seed, memory, cold, synth, local, mysql, mysqlInserts];
