import type { Found } from './found.ts';
import { hash } from './hashes.ts';
import type { Reading } from './reading.ts';

const FOLDER = /^([^/]+)\/migration\.sql$/;

/** Migrations of the form `FOLDER/migration.sql`, in the order of the folders' names. Details: the SHA-256 of the file. */
export function readFolders(reading: Reading): Found[] {
  return reading.paths.flatMap(path => {
    const folder = FOLDER.exec(path)?.[1];
    if (folder === undefined) return [];
    const [, version = '', title = ''] = /^(\d*)_?(.*)$/.exec(folder) ?? [];
    const down = `${folder}/down.sql`;
    return [
      {
        version: version || null,
        title,
        id: folder,
        details: [hash('sha256', reading.tree.bytes(path))],
        up: { file: path, lines: reading.lines(path) },
        down: reading.paths.includes(down) ? { file: down, lines: reading.lines(down) } : undefined,
      },
    ];
  });
}
