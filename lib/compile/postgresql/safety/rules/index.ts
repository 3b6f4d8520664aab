import type { Rule } from '../rule.ts';
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
import { banDropColumn } from './ban-drop-column.ts';
import { banDropDatabase } from './ban-drop-database.ts';
import { banDropNotNull } from './ban-drop-not-null.ts';
import { banDropSchema } from './ban-drop-schema.ts';
import { banDropTable } from './ban-drop-table.ts';
import { banDropView } from './ban-drop-view.ts';
import { banTruncate } from './ban-truncate.ts';
import { changeOfAllRows } from './change-of-all-rows.ts';
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
import { renamingColumn } from './renaming-column.ts';
import { renamingEnumValue } from './renaming-enum-value.ts';
import { renamingSchema } from './renaming-schema.ts';
import { renamingTable } from './renaming-table.ts';
import { renamingView } from './renaming-view.ts';
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
  banDropColumn,
  banDropDatabase,
  banDropNotNull,
  banDropSchema,
  banDropTable,
  banDropView,
  banTruncate,
  changeOfAllRows,
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
  renamingColumn,
  renamingEnumValue,
  renamingSchema,
  renamingTable,
  renamingView,
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
