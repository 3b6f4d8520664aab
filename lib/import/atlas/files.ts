import type { Found, Line } from '../found.ts';
import { linesOf, mapText } from '../found.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const NAME = /^([^_]*?)(?:_(.*))?\.sql$/;
const DIRECTIVE = /^(?:--|#)\s*atlas:(\S+)(?:\s+(.*?))?\s*$/;
const SUM = 'atlas.sum';

export const files: ToolFiles = {
  title: 'Atlas',
  form: '20240101120000_name.sql with atlas.sum',
  order: 'text',
  allowsTies: true,
  read: reading => {
    const sums = reading.paths.includes(SUM) ? hashesOf(reading.text(SUM)) : new Map<string, string>();
    return reading.top.flatMap(path => read(reading, path, sums));
  },
};

function hashesOf(sum: string): ReadonlyMap<string, string> {
  return new Map(
    linesOf(sum).flatMap(({ text }) => {
      const [, name, hash] = /^(.+) h1:(\S+)$/.exec(text.trim()) ?? [];
      return name === undefined ? [] : [[name, hash!] as const];
    }),
  );
}

function read(reading: Reading, path: string, sums: ReadonlyMap<string, string>): Found[] {
  const [, written, title = ''] = NAME.exec(path) ?? [];
  if (written === undefined) return [];
  const lines = reading.lines(path);
  const head = headOf(lines);
  const said = new Map(
    head.flatMap(line => {
      const [, name, value = ''] = DIRECTIVE.exec(line.text) ?? [];
      return name === undefined ? [] : [[name, { value, line }] as const];
    }),
  );
  if (said.has('checkpoint')) {
    reading.leaveOut(path, 'a checkpoint: it stands for the files before it, which are imported');
    return [];
  }
  for (const name of ['txtar', 'import'])
    if (said.has(name))
      reading.cannotCarry(
        'not-importable',
        path,
        said.get(name)!.line.number,
        `"atlas:${name}" makes the file more than SQL`,
      );
  const taken = new Set(['delimiter', 'txmode', 'sum'].flatMap(name => said.get(name)?.line ?? []));
  const kept = lines.filter(line => !taken.has(line));
  const delimiter = said.get('delimiter')?.value.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
  const isDigits = /^\d+$/.test(written);
  const hash = sums.get(path);
  return [
    {
      version: isDigits ? written : null,
      title: isDigits ? title : path.replace(/\.sql$/, ''),
      id: written,
      ...(hash !== undefined && { details: [hash] }),
      up: {
        file: path,
        lines: delimiter === undefined || delimiter.startsWith('--') ? kept : withSemicolons(kept, delimiter),
        isNonTransactional: said.get('txmode')?.value === 'none',
      },
    },
  ];
}

/** Comments at the head of a file, where an empty line parts them from the statements: else they belong to the first statement. */
function headOf(lines: readonly Line[]): readonly Line[] {
  const end = lines.findIndex(({ text }) => !/^(?:--|#)/.test(text));
  return end > 0 && lines[end]!.text.trim() === '' ? lines.slice(0, end) : [];
}

/** Puts a semicolon in the place of another delimiter, where none stands before it. Line ends stay. */
function withSemicolons(lines: readonly Line[], delimiter: string): Line[] {
  return mapText(lines, text =>
    text.split(delimiter).reduce((before, after) => {
      const needs = /\S/.test(before) && !/;\s*$/.test(before);
      return `${before}${needs ? ';' : ''}${delimiter.replace(/[^\n]/g, '')}${after}`;
    }),
  );
}
