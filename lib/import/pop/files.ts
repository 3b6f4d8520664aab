import type { EngineName } from '../../core/manifest.ts';
import type { Found, Half } from '../found.ts';
import { fillIn } from '../placeholders.ts';
import type { Reading, ToolFiles } from '../reading.ts';
import { byCodeUnit } from '../tree.ts';

const NAME = /^(?:.*\/)?(\d+)_([^.]+)(?:\.([a-z0-9]+?))??(\.autocommit)?\.(up|down)\.sql$/;
const TEMPLATE = /\{\{-?\s*(?:index\s+\.Options\s+"([^"]+)"|\.(\w+))\s*-?\}\}|\{\{[^}]*\}\}/g;
const DIALECTS: Readonly<Record<EngineName, readonly string[]>> = {
  postgresql: ['postgres', 'postgresql', 'pg'],
  mysql: ['mysql', 'mariadb'],
};

interface Part extends Half {
  readonly isOwn: boolean;
}

interface Pair {
  readonly version: string;
  readonly title: string;
  up?: Part;
  down?: Part;
}

/** A file of the engine's dialect outweighs the one for every dialect. */
export const files: ToolFiles = {
  title: 'pop',
  form: '20240101120000_name.up.sql, with the dialect before .up where it has one',
  order: 'text',
  allowsTies: true,
  read: reading => {
    const pairs = new Map<string, Pair>();
    for (const path of reading.paths) add(reading, path, pairs);
    return [...pairs.values()]
      .flatMap(({ version, title, up, down }): Found[] =>
        up ? [{ version, title, id: version, up: filled(reading, up), down: down && filled(reading, down) }] : [],
      )
      .sort((a, b) => byCodeUnit(a.version!, b.version!));
  },
};

function add(reading: Reading, path: string, pairs: Map<string, Pair>): void {
  const [, version, title, dialect, autocommit, name] = NAME.exec(path) ?? [];
  if (version === undefined) {
    if (/(?:^|\/)schema\.sql$/.test(path)) reading.leaveOut(path, 'a dump of the schema, no migration');
    return;
  }
  if (dialect !== undefined && !DIALECTS[reading.engine].includes(dialect)) {
    reading.leaveOut(path, `for ${dialect}, another engine`);
    return;
  }
  const half = name as 'up' | 'down';
  const pair = pairs.get(version) ?? { version, title: title! };
  pairs.set(version, pair);
  const part: Part = {
    file: path,
    lines: reading.lines(path),
    isNonTransactional: autocommit !== undefined,
    isOwn: dialect !== undefined,
  };
  const other = pair[half];
  if (other !== undefined)
    reading.leaveOut(other.isOwn ? path : other.file, 'another file of that version is for this engine');
  if (other === undefined || part.isOwn) pair[half] = part;
}

function filled(reading: Reading, { isOwn: _, ...half }: Part): Half {
  return { ...half, lines: fillIn(reading, half.file, half.lines, TEMPLATE) };
}
