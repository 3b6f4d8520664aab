import { cpus, release, totalmem, type } from 'node:os';
import type { Contestant } from '../contestants/index.ts';
import { versionOf } from '../versions.ts';

/** Where, with what and how it was measured. */
export function circumstances(
  contestants: readonly Contestant[],
  {
    command,
    commit,
    server,
    latency,
    rounds,
    seconds,
  }: { command: string; commit: string; server: string; latency: number; rounds: number; seconds: number },
): string {
  const [cpu] = cpus();
  return [
    `- Command: \`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${Math.round(seconds)} s`,
    `- Commit: ${commit}`,
    `- Machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release().split('-')[0]}`,
    `- Node.js ${process.versions.node}, ${server}, @aws-sdk/client-rds-data ${versionOf('@aws-sdk/client-rds-data')}`,
    `- Every call takes ${latency} ms longer; at most ${rounds} rounds (at least ${Math.min(3, rounds)}), ${2 * rounds} for those whose times are held to targets, to and fro through the contestants; times are medians, ratios medians of those within a round`,
    ...contestants.map(({ title }) => `- ${title}`),
    '',
  ].join('\n');
}
