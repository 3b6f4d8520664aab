import type { Rule } from '../rule.ts';
import { quote } from '../write.ts';

export const requireConcurrentRefresh: Rule = {
  id: 'require-concurrent-refresh',
  engine: 'postgresql',
  severity: 'caution',
  title: 'A materialized view is refreshed while its readers wait',
  why: 'Reads of the view wait (ACCESS EXCLUSIVE) while its query runs.',
  safeWay: 'REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view.',
  find(action, { migration }) {
    if (action.do !== 'refresh' || action.concurrent || !action.withData) return undefined;
    if (migration.hasMade('view', action.view)) return undefined;
    return {
      subject: action.view,
      message: `Reads of ${action.view} wait while its query runs (ACCESS EXCLUSIVE)`,
      safeWay: [`REFRESH MATERIALIZED VIEW CONCURRENTLY ${quote(action.view)};`],
    };
  },
};
