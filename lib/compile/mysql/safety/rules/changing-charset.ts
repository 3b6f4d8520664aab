import { foundCost } from '../found-cost.ts';
import type { Rule } from '../rule.ts';
import { alterTable, ONLINE } from '../write.ts';

export const changingCharset: Rule = {
  id: 'changing-charset',
  engine: 'mysql',
  severity: 'danger',
  title: 'A change of character set or collation copies the table',
  why: 'Writes wait while all rows are copied (ALGORITHM=COPY). Only utf8mb3 → utf8mb4 of a column without index, whose length needs no second byte, and another collation of a column without index cost nothing; CONVERT TO makes MEDIUMTEXT of TEXT, and copies.',
  safeWay:
    'One column after the other with ALGORITHM=INPLACE, LOCK=NONE, the longest last: what the server refuses needs a new column, triggers, copying in batches.',
  find(action, context) {
    const found = foundCost(action, context, ['charset']);
    if (!found) return undefined;
    const { table, isKnown } = found;
    const subject = action.do === 'change-column' ? `${table}.${action.column}` : table;
    const safeWay =
      action.do === 'change-column' && !isKnown
        ? [alterTable(action, action.sql, ONLINE)]
        : [
            '-- column by column: ALTER TABLE … MODIFY …, ALGORITHM=INPLACE, LOCK=NONE; what is refused as a new column',
          ];
    if (isKnown)
      return {
        subject,
        message: `Writes to ${table} wait while all its rows are copied for the new character set or collation`,
        safeWay,
      };
    const message = `No migration of this folder tells the character set of ${subject}: where it changes, writes wait while ${table} is copied`;
    return { subject, severity: 'caution', message, safeWay };
  },
};
