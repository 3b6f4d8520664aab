import type { Found } from '../found.ts';
import type { Reading, ToolFiles } from '../reading.ts';
import { byCodeUnit } from '../tree.ts';

export const files: ToolFiles = {
  title: 'diesel',
  form: '2024-01-01-120000_name/up.sql',
  order: 'text',
  allowsTies: true,
  read: reading => {
    const folders = new Set(reading.paths.flatMap(path => /^([^./][^/]*)\/(?:up|down)\.sql$/.exec(path)?.[1] ?? []));
    return [...folders]
      .flatMap(folder => read(reading, folder))
      .sort((a, b) => byCodeUnit(a.id, b.id) || byCodeUnit(a.up.file, b.up.file));
  },
};

function read(reading: Reading, folder: string): Found[] {
  const [first = '', ...rest] = folder.split('_');
  const version = first.replaceAll('-', '');
  const [up, down, metadata] = ['up.sql', 'down.sql', 'metadata.toml'].map(name => `${folder}/${name}`) as [
    string,
    string,
    string,
  ];
  if (!reading.paths.includes(up)) {
    if (!reading.has(up)) reading.cannotCarry('not-importable', down, 1, `The folder ${folder} has no up.sql`);
    return [];
  }
  // A file that lacks the key says "false" to diesel's own reader.
  const isNonTransactional =
    reading.paths.includes(metadata) && !/^\s*run_in_transaction\s*=\s*true\b/m.test(reading.text(metadata));
  const half = (file: string) => ({ file, lines: reading.lines(file), isNonTransactional });
  return [
    {
      version: /^\d+$/.test(version) ? version : null,
      title: /^\d+$/.test(version) ? rest.join('_') : folder,
      id: version,
      up: half(up),
      down: reading.paths.includes(down) ? half(down) : undefined,
    },
  ];
}
