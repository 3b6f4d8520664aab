import { readFolders } from '../folders.ts';
import type { Found } from '../found.ts';
import { hash } from '../hashes.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const JOURNAL = 'meta/_journal.json';

interface Entry {
  readonly tag: string;
  readonly when: number;
}

/** Up to drizzle-kit 0.31 a journal is the order; from 1.0 on the names of folders are. */
export const files: ToolFiles = {
  title: 'Drizzle',
  form: 'meta/_journal.json with 0000_name.sql, or 20240101120000_name/migration.sql',
  order: 'text',
  allowsTies: true,
  read: reading => {
    if (reading.paths.includes(JOURNAL)) return readJournal(reading);
    for (const path of reading.paths)
      if (path.endsWith('/snapshot.json')) reading.leaveOut(path, 'a picture of the schema');
    return readFolders(reading).map(found => {
      const time = timeOf(found.version ?? '');
      return { ...found, id: time ?? found.id, details: [found.id, ...found.details!] };
    });
  },
};

function readJournal(reading: Reading): Found[] {
  for (const path of reading.paths)
    if (/^meta\/.*_snapshot\.json$/.test(path)) reading.leaveOut(path, 'a picture of the schema');
  return entriesOf(reading).flatMap(({ tag, when }) => {
    const file = `${tag}.sql`;
    if (!reading.paths.includes(file)) {
      if (!reading.skips.has(file))
        reading.cannotCarry('not-importable', JOURNAL, 1, `The journal names "${tag}", and there is no file ${file}`);
      return [];
    }
    const [, version = '', title = ''] = /^(\d*)_?(.*)$/.exec(tag) ?? [];
    const details = [tag, hash('sha256', reading.tree.bytes(file))];
    return [{ version: version || null, title, id: String(when), details, up: { file, lines: reading.lines(file) } }];
  });
}

function entriesOf(reading: Reading): readonly Entry[] {
  try {
    const { entries } = JSON.parse(reading.text(JOURNAL)) as { entries: readonly Entry[] };
    if (entries.every(({ tag, when }) => typeof tag === 'string' && typeof when === 'number')) return entries;
  } catch {
    // Said below, as for one that is JSON and no journal.
  }
  reading.cannotCarry('not-importable', JOURNAL, 1, 'The journal has no list "entries" with "tag" and "when"');
  return [];
}

/** Milliseconds of the time that a folder's name begins with (UTC). */
function timeOf(version: string): string | undefined {
  const iso = version.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z');
  const time = iso === version ? Number.NaN : Date.parse(iso);
  return Number.isNaN(time) ? undefined : String(time);
}
