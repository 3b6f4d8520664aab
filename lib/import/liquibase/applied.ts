import type { OtherTable } from '../other-table.ts';

/** The lock of Liquibase: a row whose `locked` is true while somebody is at work, or since a run died. */
const LOCK = 'databasechangeloglock';

export const applied: OtherTable = {
  names: ['databasechangelog'],
  columns: ['id', 'author', 'filename', 'exectype', 'orderexecuted', 'md5sum'],
  query: ({ sql, beside }) => {
    const lock = beside[LOCK];
    const locked = `UNION ALL SELECT 'LOCK', 'locked', '', -1 FROM ${lock} k WHERE k.locked`;
    return `SELECT id, state, detail FROM (
SELECT CONCAT(h.filename, '//', h.author, '//', h.id) AS id, CASE h.exectype WHEN 'FAILED' THEN 'failed' WHEN 'SKIPPED' THEN 'skipped' ELSE 'applied' END AS state,
  CONCAT(COALESCE(h.md5sum, ''), ' ', h.exectype) AS detail, h.orderexecuted AS nr FROM ${sql} h ${lock === undefined ? '' : locked}
) x ORDER BY x.nr, x.id`;
  },
  order: 'text',
  idOfFile: 'none',
  // Rows of old releases have the path with a prefix.
  normalize: id => id.replace(/^classpath:\/*/, '').replace(/^\.?\/+/, ''),
  repair: 'Finish or roll back with Liquibase; a lock that nobody holds is freed by `liquibase release-locks`',
};
