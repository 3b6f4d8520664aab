import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { safetyRules } from '../../lib/compile/index.ts';
import type { EngineName } from '../../lib/core/manifest.ts';
import type { SafetyRule, Severity } from '../../lib/core/safety.ts';
import { document, ROOT } from './markdown.ts';

const FILE = 'docs/safety.md';

const INTRODUCTION = `# Safety rules

\`aurora-migrations check\` judges each statement of the up sections: does it stop a live application, or break the code that runs beside it? It prints the
place, what waits for how long, and the safe statements with your own names. It judges with the schema that the files before have built; a table that the
same file makes is new, and no rule speaks of it. The locks, scans and rewrites behind the rules were measured on PostgreSQL 13 to 18, and a test
measures them again: what a rule finds shows them, its safe statements do not. For MySQL a test asks a server of version 9 with \`ALGORITHM=INSTANT\`,
then \`ALGORITHM=INPLACE, LOCK=NONE\` and so on, and compares what it accepts with the rules.

* **danger**: reads or writes wait for as long as the table is large, the statement must fail, or running code breaks.
* **caution**: data is lost, or it depends on what the folder does not show.
* **note**: brief, or a matter of style. Shown with \`--notes\`.

No rule asks for a lock timeout: a run sets it for every statement (5 s by default) and tries again. Not seen is SQL that a
\`DO\` executes as text; on MySQL what the bodies of routines hold, and what PREPARE takes from anything but a literal.

On MySQL a statement that says \`ALGORITHM=INSTANT\`, or \`LOCK=NONE\`, is found by no rule about copies, rebuilds and blocked writes: the server refuses
(error 1845 or 1846, nothing has changed) rather than does more than that. \`ALGORITHM=INSTANT, LOCK=NONE\` together is an error. A LOCK TABLES is left out of a
migration (a warning), so that no rule speaks of it.

## Letting a statement pass

\`\`\`sql
-- migrate:allow ban-drop-table: no code uses it since 2026-05
DROP TABLE old_invoices;
\`\`\`

\`-- migrate:allow RULE[, RULE]: why\` counts for the next statement, \`-- migrate:allow-file RULE: why\` for the file. The reason is required. Adding such a
comment to an applied migration does not change it. The comments \`squawk-ignore\` and \`squawk-ignore-file\` count too: an id that squawk has means the same.

## At synth

\`cdk synth\` shows the findings of danger and caution as warnings, with place and safe statements. Each is about one rule in one migration, and can be
acknowledged by its id: \`Annotations.of(scope).acknowledgeWarning('aurora-migrations:RULE:MIGRATION')\`. Of the newest ten migrations with findings they are
shown, of the others counted. What a comment allows, and notes, are not shown.

\`\`\`ts
new AuroraMigrations(this, 'Migrations', {
  cluster,
  safety: { level: 'fail', rules: { 'ban-drop-column': 'off' }, since: '042' },
});
\`\`\`

* \`level\`, or \`safety: 'fail'\` in short: \`warn\` (the default), \`fail\` (a danger is an error of synth, a caution stays a warning) or \`off\`.
* \`rules\`: the level of single rules. One that is named with \`fail\` fails on its cautions too.
* \`since\`: the version from which on migrations are judged. Synth does not know what is applied where; what \`baseline\` covers is never judged.

## In a pipeline

\`check --strict\` fails on danger and caution, \`check FILE…\` judges only these files and reads the others for the schema, \`check --since VERSION\` those from
a version on. With a target (\`--stack NAME\`, \`--url URL\`, …) only migrations are judged that are not applied there, and a table that one of them makes is new;
\`plan\` with a target shows the same findings beside the steps. In GitHub Actions the findings become annotations; \`--format sarif\` is for code scanning, \`--json\` for programs.
`;

const TITLES: Readonly<Record<Severity, string>> = { danger: 'Danger', caution: 'Caution', note: 'Notes' };

const ENGINES: Readonly<Record<EngineName, string>> = { postgresql: 'PostgreSQL', mysql: 'MySQL' };

/** A rule under its id; where it is of both engines and not the same, a paragraph each. */
function entry(id: string, rules: readonly SafetyRule[]): string {
  const texts = new Map<string, string[]>();
  for (const { engine, title, why, safeWay } of rules) {
    const text = `${title}. ${why}\n\nSafe: ${safeWay}\n`;
    texts.set(text, [...(texts.get(text) ?? []), ENGINES[engine]]);
  }
  return [`### ${id}\n`, ...[...texts].map(([text, engines]) => `*${engines.join(', ')}*: ${text}`)].join('\n');
}

function section(severity: Severity, rules: readonly SafetyRule[]): string {
  const own = rules.filter(rule => rule.severity === severity);
  const ids = [...new Set(own.map(({ id }) => id))].sort();
  return [
    `## ${TITLES[severity]}\n`,
    ...ids.map(id =>
      entry(
        id,
        own.filter(rule => rule.id === id),
      ),
    ),
  ].join('\n');
}

test('the document lists every rule as it is', () => {
  const rules = safetyRules();
  const made = `${[INTRODUCTION, ...(['danger', 'caution', 'note'] as const).map(each => section(each, rules))].join('\n').trimEnd()}\n`;
  if (process.env.UPDATE_DOCS) writeFileSync(join(ROOT, FILE), made);
  expect(document(FILE)).toBe(made);
  expect(rules.length).toBeGreaterThan(60);
});
