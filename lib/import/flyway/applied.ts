import type { OtherTable } from '../other-table.ts';

const STATE = `CASE WHEN NOT h.success THEN 'failed' WHEN h.type = 'DELETE' OR h.type LIKE 'UNDO%' THEN 'reverted'
  WHEN h.type IN ('BASELINE', 'SQL_BASELINE', 'JDBC_BASELINE') THEN 'baseline' ELSE 'applied' END`;

/** The newest row of a version, or of the script of a repeatable migration, counts. `SCHEMA` records that Flyway made the schema. */
export const applied: OtherTable = {
  names: ['flyway_schema_history', 'schema_version'],
  columns: ['installed_rank', 'version', 'type', 'script', 'checksum', 'success'],
  query: ({ sql }) =>
    `SELECT CONCAT(COALESCE(h.version, h.script), '') AS id, ${STATE} AS state, CONCAT(COALESCE(h.checksum, 0), ' ', h.type, ' ', h.script) AS detail
FROM ${sql} h WHERE h.type <> 'SCHEMA' AND h.installed_rank = (SELECT MAX(l.installed_rank) FROM ${sql} l
  WHERE l.type <> 'SCHEMA' AND COALESCE(l.version, l.script) = COALESCE(h.version, h.script)) ORDER BY h.installed_rank`,
  order: 'dotted',
  idOfFile: 'none',
  // 01 is 1, and 1.0 too. The script of a repeatable migration is a path below a location.
  normalize: id =>
    /^\d+([._]\d+)*$/.test(id)
      ? id
          .split(/[._]/)
          .map(part => String(BigInt(part)))
          .join('.')
          .replace(/(\.0)+$/, '')
      : id.replace(/^.*[\\/]/, ''),
  repair: 'Fix it there and run `flyway repair`',
};
