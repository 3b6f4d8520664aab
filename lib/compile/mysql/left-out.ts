import { stands, type Word } from '../../engine/mysql/statement/words.ts';
import type { Section } from '../grammar.ts';

/** A statement, and the offset of its first token. */
interface Placed {
  readonly words: readonly Word[];
  readonly first: number;
}

/** Whether a statement is not executed though it is no mistake: what mysqldump writes for its own ends. */
export function isLeftOut(section: Section, statement: Placed): boolean {
  return isTableLock(section, statement) || isReplication(section, statement);
}
/** mysqldump locks the table that it fills; over the Data API a lock would end with the call, or stay for others. */
function isTableLock({ source, from }: Section, { words, first }: Placed): boolean {
  if (!stands(words, 0, 'lock', 'tables') && !stands(words, 0, 'lock', 'table') && words[0]?.sign !== 'unlock')
    return false;
  if (words[0]!.sign === 'lock') {
    source.warn(
      'lock-tables',
      from + first,
      'LOCK TABLES is left out: it would end with the call, or stay for others',
      'Take it out',
    );
  }
  return true;
}

/** mysqldump keeps what it writes out of the binary log and hands over GTIDs: for replicas, and nothing a cluster lets one do. */
function isReplication({ source, from }: Section, { words, first }: Placed): boolean {
  if (words[0]?.sign !== 'set') return false;
  const at = words.findIndex(
    ({ sign }, index) => /^(sql_log_bin|gtid_purged)$/.test(sign) && words[index + 1]?.sign === '=',
  );
  if (at < 0) return false;
  source.warn(
    'replication',
    from + first,
    `SET ${words[at]!.sign} is left out: it is for replicas`,
    'Take it out (mysqldump --set-gtid-purged=OFF)',
  );
  return true;
}
