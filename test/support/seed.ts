import fc from 'fast-check';

/** Properties draw from the chances of the run (`vitest.config.ts`), so that `FAULTS_SEED=… npm test` repeats them too. */
fc.configureGlobal({ seed: Number(process.env.FAULTS_SEED) });
