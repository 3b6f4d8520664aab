import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { safetyRules } from '../../lib/compile/index.ts';
import type { SafetyRule, Severity } from '../../lib/core/safety.ts';
import { document, ROOT } from './markdown.ts';

const FILE = 'docs/safety.md';

const INTRODUCTION = `# Safety rules

\`aurora-migrations check\` judges each statement of the up sections: does it stop a live application, or break the code that runs beside it? It prints the
place, what waits for how long, and the safe statements with your own names. It judges with the schema that the files before have built; a table that the
same file makes is new, and no rule speaks of it. The locks, scans and rewrites behind the rules were measured on PostgreSQL 13 to 18.

* **danger**: reads or writes wait for as long as the table is large, the statement must fail, or running code breaks.
* **caution**: data is lost, or it depends on what the folder does not show.
* **note**: brief, or a matter of style. Shown with \`--notes\`.

No rule asks for a lock timeout: a run sets it for every statement (5 s by default) and tries again. SQL that a \`DO\` executes as text is not seen.

## Letting a statement pass

\`\`\`sql
-- migrate:allow ban-drop-table: no code uses it since 2026-05
DROP TABLE old_invoices;
\`\`\`

\`-- migrate:allow RULE[, RULE]: why\` counts for the next statement, \`-- migrate:allow-file RULE: why\` for the file. The reason is required. Adding such a
comment to an applied migration does not change it. The comments \`squawk-ignore\` and \`squawk-ignore-file\` count too: an id that squawk has means the same.

## In a pipeline

\`check --strict\` fails on danger and caution, \`check FILE…\` judges only these files and reads the others for the schema, \`check --since VERSION\` those from
a version on. In GitHub Actions the findings become annotations; \`--format sarif\` is for code scanning, \`--json\` for programs.
`;

const TITLES: Readonly<Record<Severity, string>> = { danger: 'Danger', caution: 'Caution', note: 'Notes' };

function section(severity: Severity, rules: readonly SafetyRule[]): string {
  const own = rules.filter(rule => rule.severity === severity);
  const lines = own.map(({ id, title, why, safeWay }) => `### ${id}\n\n${title}. ${why}\n\nSafe: ${safeWay}\n`);
  return [`## ${TITLES[severity]}\n`, ...lines].join('\n');
}

test('the document lists every rule as it is', () => {
  const rules = safetyRules();
  const made = `${[INTRODUCTION, ...(['danger', 'caution', 'note'] as const).map(each => section(each, rules))].join('\n').trimEnd()}\n`;
  if (process.env.UPDATE_DOCS) writeFileSync(join(ROOT, FILE), made);
  expect(document(FILE)).toBe(made);
  expect(rules.length).toBeGreaterThan(40);
});
