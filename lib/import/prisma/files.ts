import { readFolders } from '../folders.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const LOCK = 'migration_lock.toml';

export const files: ToolFiles = {
  title: 'Prisma',
  form: '20240101120000_name/migration.sql',
  order: 'text',
  allowsTies: true,
  read: reading => {
    checkProvider(reading);
    const folders = new Set(reading.paths.flatMap(path => /^([^/]+)\//.exec(path)?.[1] ?? []));
    for (const folder of folders) {
      const isEmpty = !reading.has(`${folder}/migration.sql`);
      const file = reading.paths.find(path => path.startsWith(`${folder}/`))!;
      if (isEmpty && /^\d/.test(folder))
        reading.cannotCarry('not-importable', file, 1, `The folder ${folder} has no migration.sql`);
    }
    return readFolders(reading);
  },
};

function checkProvider(reading: Reading): void {
  if (!reading.paths.includes(LOCK)) return;
  const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec(reading.text(LOCK))?.[1];
  if (provider === undefined || provider.replace(/^postgres$/, 'postgresql') === reading.engine) return;
  reading.cannotCarry(
    'not-importable',
    LOCK,
    1,
    `The migrations are written for ${provider}, and the engine is ${reading.engine}`,
    'Give --engine postgresql or --engine mysql; those of other databases cannot be imported',
  );
}
