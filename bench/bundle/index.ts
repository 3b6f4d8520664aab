import { compareBundles, median } from './measure.ts';

const { ours, baseline, bytesRatio, importRatio } = await compareBundles(10);
const row = (name: string, { bytes, imports }: typeof ours) =>
  `${name.padEnd(12)}${String(bytes).padStart(9)} bytes${median(imports).toFixed(1).padStart(9)} ms to import (median of ${imports.length})`;
console.log(row('handler', ours));
console.log(row('bare client', baseline));
console.log(
  `${'ratio'.padEnd(12)}${bytesRatio.toFixed(3).padStart(9)} (at most 1.25)${importRatio.toFixed(3).padStart(8)} (at most 1.20)`,
);
if (bytesRatio > 1.25 || importRatio > 1.2) process.exitCode = 1;
