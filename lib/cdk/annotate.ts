import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { sentence, where } from '../core/errors.ts';
import type { FindingAnnotation, SynthFindings } from './safety.ts';

/** Findings of one annotation that are shown with their safe statements; of the others the places are named. */
const SHOWN_FINDINGS = 3;

/**
 * Adds what the safety rules found as warnings with the id `aurora-migrations:RULE:MIGRATION`, or as errors. `list` is the command that
 * prints all findings.
 */
export function annotateFindings(construct: Construct, { annotations, older }: SynthFindings, list: string): void {
  for (const each of annotations) annotate(construct, each.fails, `${each.rule}:${each.migration}`, textOf(each));
  if (older === null) return;
  const findings = `${older.findings} ${older.findings === 1 ? 'finding' : 'findings'}`;
  const migrations = `${older.migrations} older ${older.migrations === 1 ? 'migration' : 'migrations'}`;
  const text = `Safety rules have ${findings} in ${migrations}: \`${list}\` lists them. Where these are applied everywhere, give safety: { since: VERSION }.`;
  annotate(construct, older.fails, 'older-findings', text);
}

/** Places, what happens there and the safe statements, then how to let them pass. */
function textOf({ rule, findings }: FindingAnnotation): string {
  const lines = findings
    .slice(0, SHOWN_FINDINGS)
    .flatMap(({ place, severity, message, safeWay }) => [
      `${where(place)}: ${severity}: ${sentence(message)} [${rule}]`,
      ...(safeWay.length > 0 ? ['  Safe:', ...safeWay.map(line => `    ${line}`)] : []),
    ]);
  const rest = findings.slice(SHOWN_FINDINGS).map(({ place }) => where(place));
  const more = rest.length > 0 ? [`And ${rest.length} more: ${rest.join(', ')}`] : [];
  return [...lines, ...more, `To let it pass, write above the statement: -- migrate:allow ${rule}: why`].join('\n');
}

function annotate(construct: Construct, fails: boolean, id: string, text: string): void {
  const annotations = Annotations.of(construct);
  if (fails) annotations.addError(text);
  else annotations.addWarningV2(`aurora-migrations:${id}`, text);
}
