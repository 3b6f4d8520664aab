import { noop } from './noop.ts';
import { pending } from './pending.ts';
import type { Work } from './work.ts';

/** In the order of the report. */
export const WORKS: readonly Work[] = [noop, ...pending];
