/** The part of all points and rounds that is tried, up to 1 (`vitest.faults.config.ts`); 0 in `npm test`. */
const SHARE = Number(process.env.FAULTS_SHARE);

/** Whether `npm run test:faults` runs, which tries more than `npm test` does. */
export const WHOLE = SHARE > 0;

/** Of everything that is drawn: always the same in `npm test`, a new one for each run of `npm run test:faults`, which prints it. */
export const SEED = Number(process.env.FAULTS_SEED);

/** The share of so many rounds. */
export function rounds(whole: number): number {
  return Math.ceil(whole * SHARE);
}

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

/** The share of these points, in random order. */
export function sample<P>(points: readonly P[]): readonly P[] {
  const next = random();
  return points
    .map(point => ({ point, at: next() }))
    .sort((one, other) => one.at - other.at)
    .slice(0, rounds(points.length))
    .map(({ point }) => point);
}

/** Of so many examples of a property `npm test` tries the first fifth: without chance it always tries the same ones. */
export function examples(whole: number): number {
  return WHOLE ? whole : Math.ceil(whole / 5);
}
