import { safetyRules } from '../../compile/index.ts';
import type { Place } from '../../core/errors.ts';
import type { Severity } from '../../core/safety.ts';
import { VERSION } from '../version.ts';
import type { Check } from './check.ts';

const LEVELS: Readonly<Record<Severity, string>> = { danger: 'error', caution: 'warning', note: 'note' };

/** A SARIF 2.1.0 log, for code scanning: errors, warnings and findings, each with its rule. */
export function sarif({ engine, errors, warnings, findings }: Check): string {
  const results = [
    ...errors.map(({ code, message, remedy, place }) => result(code, 'error', `${message}. ${remedy}.`, place)),
    ...warnings.map(({ code, message, remedy, place }) => result(code, 'warning', `${message}. ${remedy}.`, place)),
    ...findings.map(({ rule, severity, message, safeWay, place }) =>
      result(rule, LEVELS[severity], [`${message}.`, ...safeWay].join('\n'), place),
    ),
  ];
  const used = new Set(results.map(({ ruleId }) => ruleId));
  const rules = safetyRules()
    .filter(rule => rule.engine === engine && used.has(rule.id))
    .map(({ id, title, why, safeWay }) => ({
      id,
      shortDescription: { text: title },
      fullDescription: { text: why },
      help: { text: safeWay },
    }));
  const driver = { name: 'aurora-migrations', version: VERSION, rules };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
  return JSON.stringify(log, null, 2);
}

function result(ruleId: string, level: string, text: string, place: Place | undefined) {
  const region = place && { startLine: place.line, ...(place.column !== undefined && { startColumn: place.column }) };
  const location = place && { physicalLocation: { artifactLocation: { uri: place.file }, region } };
  return { ruleId, level, message: { text }, locations: location ? [location] : [] };
}
