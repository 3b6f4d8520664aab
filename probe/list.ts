import { around, SCHEMA } from './place.ts';
import { callOf } from './run.ts';
import type { Engine, Probe } from './step.ts';

/** Everything that a run would send, in words: shown before it starts. */
export function list(engine: Engine, probes: readonly Probe[]): string {
  const { before, after } = around(engine);
  const place = engine === 'mysql' ? 'database' : 'schema';
  const lines = [
    `Everything is made in the ${place} ${SCHEMA}, which is removed at the end, also of an interrupted run; what a killed run leaves, the next one removes.`,
    `Probes of #1 and #11 run at the same time, and take about ${Math.ceil(longest(probes) / 60)} minutes together. The rest takes seconds.`,
    '',
    'Before the probes (the first call repeated while the cluster resumes):',
    ...before.map(indented),
  ];
  for (const probe of probes) {
    lines.push('', `#${probe.number} ${probe.title}`);
    lines.push(...grouped(probe.steps.map(step => callOf(step))).map(indented));
  }
  return [...lines, '', 'After them:', ...after.map(indented)].join('\n');
}

/** Seconds that the probes which run side by side wait. */
function longest(probes: readonly Probe[]): number {
  const waits = probes
    .filter(({ kind }) => kind === 'waits')
    .map(({ steps }) => {
      return steps.reduce((sum, step) => sum + (step.call === 'wait' ? step.seconds : 0), 0);
    });
  return Math.max(0, ...waits);
}

/** The 200 databases fill two lines, not 400. */
function grouped(calls: readonly string[]): string[] {
  const lines: string[] = [];
  const seen = new Map<string, number>();
  for (const call of calls) {
    const kind = call.replace(new RegExp(`(?<=${SCHEMA}_)\\d+`), 'N');
    const count = seen.get(kind) ?? 0;
    if (kind === call || count === 0) lines.push(call);
    seen.set(kind, count + 1);
  }
  return lines.map(line => {
    const count = seen.get(line.replace(new RegExp(`(?<=${SCHEMA}_)\\d+`), 'N')) ?? 1;
    return /_\d+$/.test(line) && count > 1 ? `${line}, and so on: ${count} of them` : line;
  });
}

function indented(line: string): string {
  return `  ${line.replace(/\s*\n\s*/g, ' ')}`;
}
