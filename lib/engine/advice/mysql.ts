import type { DatabaseError, Diagnostics } from '../../core/database.ts';
import { ER, lacksRight } from '../mysql/errors.ts';
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

/** What to do about errors. */
interface Rule extends Advice {
  /** MySQL's numbers. https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
  readonly numbers: readonly number[];
  /** What the message must say besides; alone, where the service tells no number. */
  readonly text?: RegExp;
}

const DISK = diskFull('copies of tables');

/** The first that fits counts; what is not listed lies in the file, and its text tells. */
const RULES: readonly Rule[] = [
  {
    numbers: [ER.SPECIFIC_ACCESS_DENIED],
    text: /\b(SET_USER_ID|SET_ANY_DEFINER|ALLOW_NONEXISTENT_DEFINER)\b/,
    cause: 'file',
    remedy:
      'Take `DEFINER = …` out of the statement, so that the user of the secret becomes the definer, or grant that user SET_USER_ID (MySQL 8.4 and newer: SET_ANY_DEFINER)',
  },
  {
    numbers: [ER.SPECIFIC_ACCESS_DENIED],
    text: /\b(SUPER|SYSTEM_VARIABLES_ADMIN|SESSION_VARIABLES_ADMIN|SYSTEM_USER|BINLOG_ADMIN)\b.* privilege/,
    cause: 'file',
    remedy:
      'Take the statement out: no user of Aurora has this privilege; a setting belongs into the cluster parameter group',
  },
  {
    numbers: [1044, 1142, 1143, 1227, 1370, 1410, 1045, 1698],
    text: /\bdenied (to|for) user\b|^Access denied; you need/,
    cause: 'server',
    remedy: MISSING_RIGHT,
  },
  {
    numbers: [1419],
    text: /log_bin_trust_function_creators/,
    cause: 'server',
    remedy:
      'Set log_bin_trust_function_creators to 1 in the cluster parameter group (the binary log is on there, and no user of Aurora has SUPER), then run again',
  },
  {
    numbers: [1418],
    cause: 'file',
    remedy:
      'Write DETERMINISTIC, NO SQL or READS SQL DATA in the function, or set log_bin_trust_function_creators to 1 in the cluster parameter group',
  },
  {
    numbers: [1449],
    text: /^The user specified as a definer .* does not exist/,
    cause: 'server',
    remedy: 'Create that user, or make the object again without `DEFINER = …`, then run again',
  },
  {
    numbers: [3, 20, 1021, 1026, 1114],
    text: /^Disk full|^The table '.*' is full|No space left on device/,
    cause: 'server',
    remedy: DISK,
  },
  {
    numbers: [1030],
    text: /Got error (28|122|132) /,
    cause: 'server',
    remedy: DISK,
  },
  {
    numbers: [5, 1037, 1038, 1041, 1135],
    text: /^Out of (memory|sort memory|resources)/,
    cause: 'server',
    remedy: 'Let other sessions end, or use a larger instance class, then run again',
  },
  {
    numbers: [1040, 1203, 1226],
    cause: 'server',
    remedy: CONNECTIONS,
  },
  {
    numbers: [1062, 1169, 1586, 1761, 1762, 1859],
    text: /^Duplicate entry /,
    cause: 'data',
    remedy: DUPLICATES,
  },
  {
    numbers: [1050, 1060, 1061, 1304, 1359, 1537, 1826],
    text: / already exists$|^Duplicate (column|key) name /,
    cause: 'data',
    remedy: THERE_ALREADY,
  },
  {
    numbers: [1048, 1138, 1364],
    text: /^Column '.*' cannot be null|doesn't have a default value/,
    cause: 'data',
    remedy: 'A row has no value in that column: fill it before, or give the column a default, and run again',
  },
  {
    numbers: [1216, 1452],
    text: /^Cannot add or update a child row/,
    cause: 'data',
    remedy: `A row refers to one that is not there: add the missing row or remove the one that refers to it, ${ROWS}`,
  },
  {
    numbers: [1217, 1451],
    text: /^Cannot delete or update a parent row/,
    cause: 'data',
    remedy: `Other rows refer to this one: change or delete them, ${ROWS}`,
  },
  {
    numbers: [3819, 1526, 1748, 1863],
    text: /^Check constraint '.*' is violated|^Table has no partition for value/,
    cause: 'data',
    remedy: BREAKS_CHECK,
  },
  {
    numbers: [1242, 1172],
    cause: 'data',
    remedy: MORE_ROWS,
  },
  {
    numbers: [1264, 1265, 1292, 1366, 1367, 1406, 1411, 1690, 3140, 3141, 3854],
    text: /^(Data too long|Data truncated|Out of range value|Incorrect .* value|Truncated incorrect) /,
    cause: 'data',
    remedy: DOES_NOT_FIT,
  },
  {
    numbers: [1365],
    cause: 'data',
    remedy: DIVIDED_BY_ZERO,
  },
  {
    numbers: [1644],
    cause: 'data',
    remedy: 'A routine or trigger refused this: do what its message says, in the rows or in the file, and run again',
  },
  {
    numbers: [ER.LOCK_WAIT_TIMEOUT, 3572],
    text: /^Lock wait timeout exceeded/,
    cause: 'server',
    remedy:
      'Something holds a lock on what this statement changes; try again when it has ended, or raise lockTimeout (--lock-timeout)',
  },
  {
    numbers: [ER.LOCK_DEADLOCK, 1206, 1614],
    text: /^Deadlock found/,
    cause: 'server',
    remedy: 'Others lock the same rows in another order: run again when they have ended',
  },
  {
    numbers: [ER.QUERY_INTERRUPTED, 1028, 3024],
    text: /^Query execution was interrupted/,
    cause: 'server',
    remedy: 'Somebody or a time limit cancelled it: run again',
  },
  {
    numbers: [1290, 1792, 1836],
    text: /\b(super-)?read[-_ ]only\b/,
    cause: 'server',
    remedy: 'Connect to the writer of the cluster: this server, or this session, only reads',
  },
  {
    numbers: [1153, 1301],
    cause: 'server',
    remedy: 'Raise max_allowed_packet in the cluster parameter group, or split the value, then run again',
  },
  {
    numbers: [1799],
    cause: 'server',
    remedy:
      'Raise innodb_online_alter_log_max_size in the cluster parameter group, or run again when fewer rows are written',
  },
  {
    numbers: [1034, 1035, 1194, 1195, 1712, 1812, 1815, 1877],
    cause: 'server',
    remedy:
      'A table or the server is damaged: look into the log of the server and restore what it names; on Aurora this is for the support of AWS',
  },
  {
    numbers: [ER.UNSUPPORTED_PS],
    text: /not supported in the prepared statement protocol/,
    cause: 'file',
    remedy:
      'This Data API cannot execute such a statement; create what it creates through another connection, and take it out',
  },
];

/** Numbers of which only those count whose message fits too. */
const BY_TEXT = new Set<number>([ER.SPECIFIC_ACCESS_DENIED, 1030]);

function ruleFor(message: string, number: number | undefined): Rule | undefined {
  if (number === undefined) return RULES.find(({ text }) => text?.test(message));
  const fits = ({ text }: Rule) => !BY_TEXT.has(number) || text === undefined || text.test(message);
  return RULES.find(rule => rule.numbers.includes(number) && fits(rule));
}

/** A message with its number, where the service tells that, and with the trigger in which the statement failed. */
const ENDS = /(?: \(error (\d+)\))?(?:, in the trigger (.+ of .+))?$/;

/** A trigger that raised the error itself. */
const RAISED = 1644;

/** What to do about a failure; null: its text tells. */
export function advice(message: string): string | null {
  const [, digits, trigger] = ENDS.exec(message)!;
  const number = digits === undefined ? undefined : Number(digits);
  if (trigger === undefined) return ruleFor(message, number)?.remedy ?? null;
  return number === RAISED
    ? `The trigger ${trigger} refused this: do what its message says, in the rows or in the file, and run again`
    : `The trigger ${trigger} failed: correct it, or drop it, then run again`;
}

/** What to do about an error of a query of ours: the file and its rows are not to blame. Null: its text tells. */
function adviseError({ message, errorCode }: DatabaseError): string | null {
  const rule = ruleFor(message, errorCode);
  // Of rights the runner says which of the tracking tables need.
  return rule?.cause === 'server' && !rule.remedy.startsWith('Grant ') ? rule.remedy : null;
}

/** See `Diagnostics`. */
export const diagnostics: Diagnostics = { adviseError, lacksRight };
