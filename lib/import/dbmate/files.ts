import type { Found } from '../found.ts';
import { textOf } from '../found.ts';
import { cut, half, joined } from '../halves.ts';
import type { Reading, ToolFiles } from '../reading.ts';
import { hasStatements } from '../sql.ts';

const NAME = /^(\d+)(.*)\.sql$/;
const MARKER = /^--\s*migrate:(up|down)(?:\s+(.*))?$/;

export const files: ToolFiles = {
  title: 'dbmate',
  form: '20240101120000_name.sql with `-- migrate:up`',
  order: 'text',
  allowsTies: true,
  read: reading => reading.top.flatMap(path => read(reading, path)),
};

function read(reading: Reading, path: string): Found[] {
  const [, version, title] = NAME.exec(path) ?? [];
  if (version === undefined) return [];
  const isNonTransactional = { up: false, down: false };
  const seen: string[] = [];
  const parts = cut(reading.lines(path), (text, { number }) => {
    const [, name, options = ''] = MARKER.exec(text) ?? [];
    if (name === undefined) return undefined;
    const direction = name as 'up' | 'down';
    if (seen.includes(name))
      reading.cannotCarry(
        'not-importable',
        path,
        number,
        `A second "migrate:${name}": dbmate fails at the second part after it recorded the first`,
        'Give the second part a file of its own in a copy of the folder, and see what the databases have of it',
      );
    seen.push(name);
    for (const option of options.split(/\s+/).filter(Boolean))
      if (option === 'transaction:false') isNonTransactional[direction] = true;
      else if (option !== 'transaction:true')
        reading.note(path, `the option "${option}" was taken out: dbmate ignores it`);
    return direction;
  });
  const head = joined(parts, null);
  const up = half(path, parts, 'up', isNonTransactional.up);
  if (up === undefined || hasStatements(textOf(head), reading.engine)) {
    const message = up ? 'Statements stand before "migrate:up"' : 'The file has no line "-- migrate:up"';
    reading.cannotCarry('not-importable', path, 1, message);
    return [];
  }
  // Comments before the first marker stay: they are about the migration.
  const lines = [...head, ...up.lines];
  return [
    {
      version,
      title: title!,
      id: version,
      up: { ...up, lines },
      down: half(path, parts, 'down', isNonTransactional.down),
    },
  ];
}
