import type { Head } from '../../engine/mysql/statement/statement-kind.ts';

/** Verbs that MySQL prepares whatever follows; the others by what they are about. Anything else answers 1295. */
const PREPARED = new Set([
  ...[
    'select',
    'insert',
    'replace',
    'update',
    'delete',
    'with',
    'table',
    'values',
    'do',
    'call',
    'set',
    'show',
    'explain',
    'desc',
  ],
  ...[
    'describe',
    'grant',
    'revoke',
    'truncate',
    'rename',
    'analyze',
    'optimize',
    'repair',
    'checksum',
    'flush',
    'cache',
    'reset',
  ],
  ...['kill', 'binlog', 'change', 'install', 'uninstall', 'commit', 'rollback'],
]);

const OBJECTS: Readonly<Record<string, RegExp>> = {
  create: /^(table|view|index|database|user)$/,
  alter: /^(table|user|instance)$/,
  drop: /^(table|view|index|database|user)$/,
};

/**
 * Whether MySQL cannot prepare a statement (error 1295), so that the witness cannot execute it. Events are among them although newer servers
 * prepare them: the manual of 8.0 does not list them.
 */
export function isUnprepared({ verb, what }: Head): boolean {
  const objects = OBJECTS[verb];
  if (objects) return !objects.test(what);
  // INSTALL COMPONENT is not, INSTALL PLUGIN is; nobody installs either in a migration.
  return !PREPARED.has(verb);
}
