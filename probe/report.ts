import type { Findings } from './probe.ts';
import type { Engine } from './step.ts';

/** Findings as a Markdown document. */
export function report(engine: Engine, { results, conclusions, differences }: Findings): string {
  const title = engine === 'mysql' ? 'Aurora MySQL' : 'Aurora PostgreSQL';
  const lines = [`# Probe of the Data API of ${title}`, '', ...switches(conclusions), ...compared(differences)];
  const settled = [...new Set(results.flatMap(({ probe }) => probe.settles))];
  lines.push('## Entries of docs/fidelity.md that this settles', '', ...settled.map(entry => `* ${entry}`), '');
  lines.push('## Everything that was asked and answered', '');
  for (const { probe, observations } of results) {
    lines.push(`### #${probe.number} ${probe.title}`, '', '| call | answer |', '|---|---|');
    for (const { call, saw, varies } of observations)
      lines.push(`| ${cell(call)} | ${cell(saw)}${varies ? ' (varies)' : ''} |`);
    lines.push('');
  }
  return lines.join('\n');
}

function switches(conclusions: Findings['conclusions']): string[] {
  const rows = conclusions.map(({ name, value }) => `| \`${name}\` | \`${JSON.stringify(value)}\` |`);
  return ['## Switches to set', '', '| switch | setting |', '|---|---|', ...rows, ''];
}

function compared(differences: Findings['differences']): string[] {
  const lines = ['## What the local Data API does otherwise, with these switches', ''];
  if (differences === undefined) return [...lines, 'Not compared: there is no mysqld on this machine.', ''];
  if (differences.length === 0) return [...lines, 'Nothing.', ''];
  const rows = differences.map(
    ({ probe, call, service, local }) => `| #${probe.number} | ${[call, service, local].map(cell).join(' | ')} |`,
  );
  return [...lines, '| probe | call | the service | the local one |', '|---|---|---|---|', ...rows, ''];
}

function cell(text: string): string {
  const line = text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}
