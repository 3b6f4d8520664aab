import type { LogEntry } from '../../local/index.ts';
import type { Colors } from './screen.ts';

/** Characters of a statement that stand in the line. */
const MAX_SQL = 200;

/** Writes a request to the local Data API as one line: number, milliseconds, outcome, operation, statement, names of parameters. */
export function requestLine(entry: LogEntry, color: Colors): string {
  const { number, milliseconds, outcome, operation, sql, parameters, values, faults } = entry;
  const text = sql?.replace(/\s+/g, ' ').trim() ?? '';
  return [
    color.dim(`#${number}`),
    `${milliseconds} ms`,
    outcome === 'ok' ? color.green(outcome) : color.red(outcome),
    operation,
    text.length > MAX_SQL ? `${text.slice(0, MAX_SQL)} …` : text,
    parameters.length > 0 ? color.dim(`[${parameters.map(name => `:${name}`).join(' ')}]`) : '',
    values === undefined ? '' : color.dim(JSON.stringify(values)),
    faults.length > 0 ? color.yellow(`fault: ${faults.join(', ')}`) : '',
  ]
    .filter(part => part !== '')
    .join('  ');
}
