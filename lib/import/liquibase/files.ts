import type { Found } from '../found.ts';
import type { ToolFiles } from '../reading.ts';
import { readChangesets } from './changesets.ts';
import { readMaster } from './master.ts';

/** The first line of formatted SQL that is not blank. */
export const FORMATTED = /^\s*--\s*liquibase\s*formatted/i;

/** A master changelog gives the order of the files, a folder that of their paths. */
export const files: ToolFiles = {
  title: 'Liquibase',
  form: '`--liquibase formatted sql` and `--changeset author:id`, as one file, a folder, or a changelog that includes them',
  order: 'own',
  allowsTies: true,
  read: reading => {
    const { only } = reading.tree;
    const included = only === null ? reading.paths.map(path => ({ path, name: path })) : readMaster(reading, only);
    return included.flatMap(({ path, name }): Found[] => {
      if (!path.endsWith('.sql')) {
        if (/\.(?:xml|ya?ml|json)$/.test(path) && /databaseChangeLog/.test(reading.text(path)))
          reading.cannotCarry(
            'not-importable',
            path,
            1,
            'The changelog is not formatted SQL',
            'Name the master changelog as SOURCE, or let Liquibase write SQL of it (`liquibase update-sql`)',
          );
        return [];
      }
      const lines = reading.lines(path);
      const first = lines.find(({ text }) => text.trim() !== '');
      if (first && FORMATTED.test(first.text)) return readChangesets(reading, path, name, lines);
      reading.cannotCarry('not-importable', path, 1, 'The file does not begin with "--liquibase formatted sql"');
      return [];
    });
  },
};
