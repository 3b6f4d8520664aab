import type { MysqlBench } from './mysql.ts';

// Not `information_schema.innodb_trx`: MySQL answers that from a copy, which it renews only when no user of the server has read it for 0.1 s.
// Source: https://dev.mysql.com/doc/refman/8.4/en/innodb-information-schema-internal-data.html

/** The sessions of a bench's database that have a transaction open, were it one that has only read. */
export const openTransactions = ({ sql, name }: MysqlBench) =>
  sql(
    `select t.processlist_id from performance_schema.events_transactions_current e join performance_schema.threads t using (thread_id)
      where e.state = 'ACTIVE' and t.processlist_db = ? and t.processlist_id <> connection_id()`,
    [name],
  );

/** Those in which something is not committed, or locked. */
export const openChanges = ({ sql, name }: MysqlBench) =>
  sql(
    `select distinct t.processlist_id from performance_schema.data_locks l join performance_schema.threads t using (thread_id)
      where t.processlist_db = ? and t.processlist_id <> connection_id()`,
    [name],
  );
