import { MigrationError } from '../../../core/errors.ts';
import type { SchemaReader } from '../../../core/schema.ts';
import { diagnostics } from '../../advice/mysql.ts';
import { naming, type TrackingNames } from '../names.ts';
import { readSupported } from '../server-version.ts';
import { drifted, inspect, record } from './fingerprint.ts';
import { readSchema } from './read.ts';
import { settings } from './settings.ts';
import { SESSION } from './stored.ts';

/**
 * What a dump begins with: text is UTF-8, dates of defaults are UTC; nothing is refused that the server once took, and no foreign key is
 * checked. Who builds the schema owns it.
 */
const PREAMBLE = `SET NAMES utf8mb4 COLLATE ${SESSION.collation};
SET time_zone = '${SESSION.timeZone}';
SET sql_mode = '${SESSION.sqlMode}';
SET foreign_key_checks = 0;
`;

/** The schema of a MySQL database, from version 8.0.17 on: that of the connection. Throws `bad-identifier` for names that are not plain. */
export function mysqlSchema(names: TrackingNames = {}): SchemaReader {
  const named = naming(names);
  return {
    diagnostics,
    preamble: PREAMBLE,
    read: async (database, { grants = false } = {}) => {
      if (grants) throw new MigrationError(NO_GRANTS);
      return readSupported(database, () => readSchema(database, named));
    },
    inspect: database => readSupported(database, () => inspect(database, named)),
    drifted: database => drifted(database, named),
    record: (database, ending) => record(database, named, ending),
    settings,
  };
}

const NO_GRANTS = {
  code: 'no-grants',
  message: 'Privileges of MySQL belong to the users of the server, not to the schema of a database',
  remedy: 'Ask without grants, and see SHOW GRANTS for each user',
};
