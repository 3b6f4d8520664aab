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
import { addingForeignKeyConstraint } from './adding-foreign-key-constraint.ts';
import { banTruncate } from './ban-truncate.ts';
import { changingCharset } from './changing-charset.ts';
import { changingColumnType } from './changing-column-type.ts';
import { constraintMissingNotEnforced } from './constraint-missing-not-enforced.ts';
import { indexBlocksWrites } from './index-blocks-writes.ts';
import { missingPrimaryKey } from './missing-primary-key.ts';
import { preferUtf8mb4 } from './prefer-utf8mb4.ts';
import { severalClauses } from './several-clauses.ts';
import { tableCopy } from './table-copy.ts';
import { tableRebuild } from './table-rebuild.ts';

/** All rules for MySQL. */
export const RULES: readonly Rule[] = [
  addingForeignKeyConstraint,
  banDropColumn('mysql'),
  banDropDatabase('mysql'),
  banDropTable('mysql'),
  banDropView('mysql'),
  banTruncate,
  changeOfAllRows('mysql', {
    why: 'Each row is locked until the statement ends, all of them go to the undo log, and replicas lag.',
    until: 'statement',
  }),
  changingCharset,
  changingColumnType,
  constraintMissingNotEnforced,
  indexBlocksWrites,
  missingPrimaryKey,
  preferUtf8mb4,
  renamingColumn('mysql'),
  renamingTable('mysql', quote),
  renamingView('mysql'),
  severalClauses,
  tableCopy,
  tableRebuild,
];
