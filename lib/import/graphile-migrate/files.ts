import type { Found, Line } from '../found.ts';
import { fillIn } from '../placeholders.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const NAME = /^(committed\/)?(\d+)(?:-([-_a-zA-Z0-9]*))?\.sql$/;
const HEADER = /^--! *(\w+)(?:: *(.*?))?\s*$/;
const INCLUDE = /^--![ \t]*include[ \t]+(.*\.sql)[ \t]*\r?$/;
const PLACEHOLDER = /(?<!:):([A-Z][A-Z0-9_]*)\b/g;

export const files: ToolFiles = {
  title: 'graphile-migrate',
  form: 'committed/000001-name.sql with `--! Hash:`',
  order: 'text',
  read: reading => {
    for (const path of reading.paths)
      if (/^(?:\.\.\/)?current(?:\.sql|\/)/.test(path))
        reading.leaveOut(path, 'is not committed: commit it, or write it as the next migration');
    return reading.paths.flatMap(path => read(reading, path));
  },
};

function read(reading: Reading, path: string): Found[] {
  const [, , version, slug = ''] = NAME.exec(path) ?? [];
  if (version === undefined) return [];
  const lines = reading.lines(path);
  const { header, body } = split(lines);
  const first = body.find(({ text }) => text.trim() !== '');
  const isNonTransactional = first !== undefined && /^--!\s*no-transaction\b/.test(first.text);
  const statements = isNonTransactional ? body.filter(line => line !== first) : body;
  const included = statements.flatMap(line => include(reading, path, line));
  const hash = header.get('Hash');
  return [
    {
      version,
      title: slug,
      id: `${version}.sql`,
      ...(hash !== undefined && { details: [hash] }),
      description: header.get('Message'),
      up: { file: path, lines: fillIn(reading, path, included, PLACEHOLDER), isNonTransactional },
    },
  ];
}

/** Lines `--! Key: value`, and what stands below the empty line after them. */
function split(lines: readonly Line[]): {
  readonly header: ReadonlyMap<string, string>;
  readonly body: readonly Line[];
} {
  const header = new Map<string, string>();
  let at = 0;
  for (; at < lines.length; at++) {
    const [, key, value = ''] = HEADER.exec(lines[at]!.text) ?? [];
    if (key === undefined || lines[at]!.text.includes('no-transaction')) break;
    header.set(key, value);
  }
  return { header, body: lines.slice(at) };
}

/** The lines of an included file in the place of the line that names it: all have the number of that line. */
function include(reading: Reading, path: string, line: Line): readonly Line[] {
  const name = INCLUDE.exec(line.text)?.[1];
  if (name === undefined) return [line];
  const file = `fixtures/${name}`;
  if (reading.paths.includes(file)) return reading.lines(file).map(({ text }) => ({ number: line.number, text }));
  reading.cannotCarry('not-importable', path, line.number, `It includes ${name}, and there is no file ${file}`);
  return [];
}
