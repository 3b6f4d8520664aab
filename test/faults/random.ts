/** The whole of what is exhaustive (`npm run test:faults`), or a sample of it that differs from run to run (`npm test`). */
export const WHOLE = process.env.FAULTS === 'all';

/** How much of what is exhaustive: a part of the points and of the rounds, by chance. `FAULTS_SHARE=0.5`. @default 1, all of it */
const SHARE = Number(process.env.FAULTS_SHARE ?? 1);

/** So many rounds of the whole, or a few of them. */
export function rounds(whole: number, few: number): number {
  return WHOLE ? Math.ceil(whole * SHARE) : few;
}

/** The same for all files of a run (`vitest.config.ts`), which prints it. */
export const SEED = Number(process.env.FAULTS_SEED);

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function random(seed = SEED): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` of them in random order; where the whole is wanted, all of them, or the share of all. `entire`: always all. */
export function sample(count: number, entire = false): <P>(points: readonly P[]) => readonly P[] {
  const next = random();
  return points =>
    points
      .map(point => ({ point, at: next() }))
      .sort((one, other) => one.at - other.at)
      .slice(0, WHOLE && entire ? points.length : rounds(points.length, count))
      .map(({ point }) => point);
}
