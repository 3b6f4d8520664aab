import { compareVersions } from '../../core/order.ts';
import { readFolders } from '../folders.ts';
import type { Found } from '../found.ts';
import { hash } from '../hashes.ts';
import type { ToolFiles } from '../reading.ts';
import { byCodeUnit } from '../tree.ts';

const NAME = /^(\d*)[_-]?(.*)\.sql$/;

/** By the number before the name; what has none comes after them, by name. Or the folders of Drizzle. */
export const files: ToolFiles = {
  title: 'alchemy',
  form: '0001_name.sql, or FOLDER/migration.sql',
  order: 'own',
  allowsTies: true,
  read: reading => {
    const folders = readFolders(reading);
    if (folders.length > 0) return folders;
    return reading.top
      .flatMap((path): Found[] => {
        const [, version, title] = NAME.exec(path) ?? [];
        if (title === undefined) return [];
        const details = [hash('sha256', reading.tree.bytes(path))];
        return [{ version: version || null, title, id: path, details, up: { file: path, lines: reading.lines(path) } }];
      })
      .sort((a, b) => {
        const isBoth = a.version !== null && b.version !== null;
        const byNumber = isBoth
          ? compareVersions(a.version!, b.version!)
          : Number(a.version === null) - Number(b.version === null);
        return byNumber || byCodeUnit(a.id, b.id);
      });
  },
};
