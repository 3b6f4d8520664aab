import { banDropColumn } from '../../../judge/rules/ban-drop-column.ts';
import { banDropDatabase } from '../../../judge/rules/ban-drop-database.ts';
import { banDropTable } from '../../../judge/rules/ban-drop-table.ts';
import { banDropView } from '../../../judge/rules/ban-drop-view.ts';
import { changeOfAllRows } from '../../../judge/rules/change-of-all-rows.ts';
import { renamingColumn } from '../../../judge/rules/renaming-column.ts';
import { renamingTable } from '../../../judge/rules/renaming-table.ts';
import { renamingView } from '../../../judge/rules/renaming-view.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../write.ts';
import { addingExclusionConstraint } from './adding-exclusion-constraint.ts';
import { addingFieldWithDefault } from './adding-field-with-default.ts';
import { addingForeignKeyConstraint } from './adding-foreign-key-constraint.ts';
import { addingNotNullableField } from './adding-not-nullable-field.ts';
import { addingPrimaryKey } from './adding-primary-key.ts';
import { addingRequiredField } from './adding-required-field.ts';
import { attachPartition } from './attach-partition.ts';
import { banAlterDomainWithAddConstraint } from './ban-alter-domain-with-add-constraint.ts';
import { banCharField } from './ban-char-field.ts';
import { banDropCascade } from './ban-drop-cascade.ts';
import { banDropNotNull } from './ban-drop-not-null.ts';
import { banDropSchema } from './ban-drop-schema.ts';
import { banTruncate } from './ban-truncate.ts';
import { changingColumnType } from './changing-column-type.ts';
import { cluster } from './cluster.ts';
import { constraintMissingNotValid } from './constraint-missing-not-valid.ts';
import { disallowedUniqueConstraint } from './disallowed-unique-constraint.ts';
import { lockTable } from './lock-table.ts';
import { lockTimeoutRaised } from './lock-timeout-raised.ts';
import { partitionOfLiveTable } from './partition-of-live-table.ts';
import { preferBigintOverInt } from './prefer-bigint-over-int.ts';
import { preferIdentity } from './prefer-identity.ts';
import { preferJsonb } from './prefer-jsonb.ts';
import { preferTextField } from './prefer-text-field.ts';
import { preferTimestampTz } from './prefer-timestamp-tz.ts';
import { renamingEnumValue } from './renaming-enum-value.ts';
import { renamingSchema } from './renaming-schema.ts';
import { requireConcurrentIndexCreation } from './require-concurrent-index-creation.ts';
import { requireConcurrentIndexDeletion } from './require-concurrent-index-deletion.ts';
import { requireConcurrentPartitionDetach } from './require-concurrent-partition-detach.ts';
import { requireConcurrentRefresh } from './require-concurrent-refresh.ts';
import { requireConcurrentReindex } from './require-concurrent-reindex.ts';
import { slowStatementAfterLock } from './slow-statement-after-lock.ts';
import { tableRewrite } from './table-rewrite.ts';
import { vacuumFull } from './vacuum-full.ts';
import { validateInSameTransaction } from './validate-in-same-transaction.ts';

/** All rules for PostgreSQL that look at one action. */
export const RULES: readonly Rule[] = [
  addingExclusionConstraint,
  addingFieldWithDefault,
  addingForeignKeyConstraint,
  addingNotNullableField,
  addingPrimaryKey,
  addingRequiredField,
  attachPartition,
  banAlterDomainWithAddConstraint,
  banCharField,
  banDropCascade,
  banDropColumn('postgresql'),
  banDropDatabase('postgresql'),
  banDropNotNull,
  banDropSchema,
  banDropTable('postgresql'),
  banDropView('postgresql'),
  banTruncate,
  changeOfAllRows('postgresql', {
    why: 'Each row is locked until the transaction ends, and the table grows by all its rows.',
    until: 'transaction',
  }),
  changingColumnType,
  cluster,
  constraintMissingNotValid,
  disallowedUniqueConstraint,
  lockTable,
  lockTimeoutRaised,
  partitionOfLiveTable,
  preferBigintOverInt,
  preferIdentity,
  preferJsonb,
  preferTextField,
  preferTimestampTz,
  renamingColumn('postgresql'),
  renamingEnumValue,
  renamingSchema,
  renamingTable('postgresql', quote),
  renamingView('postgresql'),
  requireConcurrentIndexCreation,
  requireConcurrentIndexDeletion,
  requireConcurrentPartitionDetach,
  requireConcurrentRefresh,
  requireConcurrentReindex,
  slowStatementAfterLock,
  tableRewrite,
  vacuumFull,
  validateInSameTransaction,
];
