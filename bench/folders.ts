import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const BENCH = fileURLToPath(new URL('.', import.meta.url));
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a run makes and nobody keeps. Below `bench/`, so that migrations written there find the packages they import. */
export const WORK = `${BENCH}.work/`;

export const SST_FOLDER = `${WORK}sst`;

mkdirSync(WORK, { recursive: true });
