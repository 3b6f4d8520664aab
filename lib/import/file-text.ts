import { mysql } from '../compile/mysql/grammar.ts';
import { postgresql } from '../compile/postgresql/grammar.ts';
import type { EngineName } from '../core/manifest.ts';
import { formatSource, type SourceTool } from '../core/source.ts';
import { type Found, type Half, textOf } from './found.ts';
import { hasStatements } from './sql.ts';

const EMPTY = '-- Nothing to do: the file of the other tool was empty.';
const GRAMMARS = { postgresql, mysql };

/** The down half as it is written: one without statements is none, unless the tool takes it for a migration back that does nothing. */
export function writtenDown({ down, isRepeatable }: Found, engine: EngineName): Half | undefined {
  if (down === undefined || isRepeatable) return undefined;
  return hasStatements(textOf(down.lines), engine) || down.isKeptEmpty ? down : undefined;
}

/** The text of a migration file of ours; undefined where its id could not be read back from the first line. */
export function fileText(tool: SourceTool, found: Found, engine: EngineName): string | undefined {
  const { id, details, up, description } = found;
  const source = formatSource({ tool, id, ...(details && { details }) });
  if (source === null) return undefined;
  const down = writtenDown(found, engine);
  const head = [source, ...(description ? [`-- Description: ${description}`] : [])].join('\n');
  const hasDirective = down !== undefined || up.isNonTransactional;
  if (!hasDirective) return `${head}\n\n${body(up, engine)}\n`;
  const section = (name: 'up' | 'down', half: Half) =>
    `\n-- migrate:${name}${half.isNonTransactional ? ' transaction:false' : ''}\n${body(half, engine)}\n`;
  return `${head}\n${section('up', up)}${down === undefined ? '' : section('down', down)}`;
}

/** The lines of a half, without empty ones at both ends. Comments that are directives to us and were none to the other tool lose their colon. */
function body({ lines }: Half, engine: EngineName): string {
  const text = textOf(lines);
  let result = '';
  let at = 0;
  for (const { start, text: comment } of GRAMMARS[engine].outline(text).comments) {
    const [, before, colon] = /^(--\s*migrate\s*)(:)/i.exec(comment) ?? [];
    if (colon === undefined) continue;
    const place = start + before!.length;
    result += `${text.slice(at, place)} `;
    at = place + 1;
  }
  result += text.slice(at);
  return result.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd() || EMPTY;
}
