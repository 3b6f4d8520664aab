export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of how one's runs stand to another's of the same rounds: what slows the machine down for a while slows down both. */
export function pairedRatio(values: readonly number[], base: readonly number[]): number {
  return median(pairedRatios(values, base));
}

export function pairedRatios(values: readonly number[], base: readonly number[]): number[] {
  return values.slice(0, base.length).map((value, round) => value / base[round]!);
}

/** `24.1 ms`, `3.20 s` */
export function time(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 100 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** `1.07 ×` */
export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×`;
}

/** `± 3 %`: how far the quickest and the slowest run are from the median, at most. */
export function spread(values: readonly number[]): string {
  if (values.length < 2) return 'one run';
  const middle = median(values);
  return `± ${((100 * Math.max(...values.map(value => Math.abs(value - middle)))) / middle).toFixed(0)} %`;
}

/** `1.04 to 1.12`: between these lies the half of them that is nearest to the middle. */
export function middleHalf(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)]!;
  return `${at(0.25).toFixed(2)} to ${at(0.75).toFixed(2)}`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `1.2 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}
