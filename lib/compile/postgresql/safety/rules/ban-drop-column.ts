import type { Rule } from '../rule.ts';

export const banDropColumn: Rule = {
  id: 'ban-drop-column',
  engine: 'postgresql',
  severity: 'caution',
  title: 'A column is dropped',
  why: 'Its data is gone, and code that runs during the deploy, or comes back by a rollback, fails.',
  safeWay: 'Drop it one deploy after the last code that uses it, with `-- migrate:allow ban-drop-column: why`.',
  find(action, { migration }) {
    if (action.do !== 'drop-column' || !migration.isLive(action.table)) return undefined;
    const subject = `${action.table}.${action.column}`;
    if (migration.hasMade('column', subject)) return undefined;
    return { subject, message: `The data of ${subject} is gone, and code that still uses it fails` };
  },
};
