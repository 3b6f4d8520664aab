import { statementSum, tokensChecksum } from '../../core/checksum.ts';
import type { Alone, Destructive, Reach, Truth } from '../../core/manifest.ts';
import type { Reading, Repeat, Section } from '../grammar.ts';
import { cut } from '../pieces.ts';
import { bodyCalls } from './body.ts';
import { executes, harm } from './destructive.ts';
import { checkCommands, diagnose } from './diagnose.ts';
import { isFramed } from './frame.ts';
import { isStepwise } from './mode.ts';
import { collectNames, type Names } from './names.ts';
import { runsAlone } from './nontransactional.ts';
import { type ParsedStatement, parse } from './parser.ts';
import { unqualified } from './qualify.ts';
import { recreations } from './recreated.ts';
import { checkStatements } from './refuse.ts';
import { dropsOf, ifNotExists, isRepeatable } from './repeatable.ts';
import { returnsRows } from './rows.ts';
import { actionsIn } from './safety/judge.ts';
import { type ScannedScript, scanScript } from './script.ts';
import { isTuning, setting } from './session.ts';
import { checkSettings, checkStepwise } from './setting-scope.ts';
import { type Statement, strangerEnds, withTokens } from './statements.ts';
import { bodies } from './tree.ts';

/** Read one section of a PostgreSQL migration. What is wrong goes to its source; the facts are of use only where nothing is. */
export function readSection(section: Section): Reading {
  const text = section.source.text.slice(section.from, section.to);
  const scanned = scanScript(text);
  checkCommands(section, scanned, text);
  const parsed = parse(scanned.sql);
  if ('message' in parsed) {
    diagnose(section, scanned, parsed);
    return read(section, text, scanned, []);
  }
  return read(section, text, scanned, parsed);
}

function read(section: Section, text: string, scanned: ScannedScript, parsed: readonly ParsedStatement[]): Reading {
  const all = withTokens(parsed, scanned);
  const framed = isFramed(all);
  const marked = all.map((statement, at) => ({
    ...statement,
    leftOut: (framed && (at === 0 || at === all.length - 1)) || setting(statement.node)?.name === 'transaction_timeout',
  }));
  checkStatements(section, all, framed);
  checkSettings(section, all);
  const statements = marked.filter(statement => !statement.leftOut);
  const stepwise = isStepwise(section, statements);
  if (stepwise) checkStepwise(section, statements, text);
  const pieces = cut(text, marked, strangerEnds(marked, scanned));
  return reading(section, text, statements, stepwise, pieces);
}

function reading(
  { source, from }: Section,
  text: string,
  statements: readonly Statement[],
  stepwise: boolean,
  pieces: readonly number[],
): Reading {
  const names: Names = { names: new Set(), mentions: new Set(), creates: new Set() };
  for (const statement of statements) collectNames(statement, names);
  const lines = statements.map(({ first }) => source.line(from + first));
  const tokens = statements.map(statement => statement.tokens.map(({ start, end }) => text.slice(start, end)));
  const numbers = (test: (statement: Statement) => boolean) =>
    statements.flatMap((statement, at) => (test(statement) ? [at + 1] : []));
  const settings = stepwise ? reachOf(statements) : [];
  return {
    facts: {
      pieces,
      lines,
      sums: stepwise ? tokens.map(own => tokensChecksum([own]).slice(0, 16)) : [],
      rows: numbers(({ node }) => returnsRows(node)),
      alone: stepwise ? statements.flatMap((statement, at): Alone[] => aloneAt(statement, at + 1, text)) : [],
      session: numbers(({ node }) => setting(node)?.local === false),
      ...(settings.length > 0 && { settings }),
      ...(stepwise && { stepwise }),
    },
    stepwise,
    judged: statements.map(statement => ({
      place: source.place(from + statement.first),
      offset: from + statement.first,
      actions: actionsIn(statement),
    })),
    statementsChecksum: tokensChecksum(tokens),
    ...names,
    drops: new Set(statements.flatMap(({ node, facts }) => dropsOf(node, facts))),
    repeats: repeatsOf(statements, tokens),
    destructive: firstHarm(statements, lines),
    ifNotExists: firstOf(statements, lines, ({ node }) => ifNotExists(node)),
    calls: statements.flatMap((statement, at) => callsOf(statement).map(name => ({ name, line: lines[at]! }))),
  };
}

/** What decides what later statements do, and how far each of it reaches. */
function reachOf(statements: readonly Statement[]): Reach[] {
  const lasting = new Map<string, number>();
  const found: Reach[] = [];
  const end = (name: string, until: number | null) => {
    const statement = lasting.get(name);
    if (statement !== undefined) found.push({ statement, until });
    lasting.delete(name);
  };
  for (const [at, { node }] of statements.entries()) {
    const own = setting(node);
    if (!own || own.local || isTuning(own.name)) continue;
    for (const name of own.name === '*' ? [...lasting.keys()] : [own.name]) end(name, at + 1);
    if (!own.reset) lasting.set(own.name, at + 1);
  }
  for (const name of [...lasting.keys()]) end(name, null);
  return found;
}

/** Functions that are called when the statement is executed, lower-cased. */
function callsOf({ node, facts }: Statement): string[] {
  if ('DoStmt' in node) return bodies(node.DoStmt.args).flatMap(bodyCalls);
  return executes(node) ? facts.calls.map(({ name }) => name.toLowerCase()) : [];
}

function aloneAt(statement: Statement, number: number, text: string): Alone[] {
  const own = runsAlone(statement);
  if (!own) return [];
  const places = NAMED_KINDS.has(own.truth.kind) ? unqualified(statement, text) : [];
  return [{ statement: number, truth: own.truth, ...(places.length > 0 && { unqualified: places }) }];
}

/** Those whose truth names relations. */
const NAMED_KINDS: ReadonlySet<Truth['kind']> = new Set([
  'index-built',
  'index-gone',
  'reindexed',
  'detached',
] as const);

function firstHarm(statements: readonly Statement[], lines: readonly number[]): Destructive | null {
  const harmless = recreations(statements);
  return firstOf(statements, lines, statement =>
    harmless.has(statement) ? undefined : harm(statement.node, statement.facts),
  );
}

function firstOf(
  statements: readonly Statement[],
  lines: readonly number[],
  whatOf: (statement: Statement) => string | undefined,
): Destructive | null {
  for (const [at, statement] of statements.entries()) {
    const what = whatOf(statement);
    if (what) return { what, line: lines[at]! };
  }
  return null;
}

function repeatsOf(statements: readonly Statement[], tokens: readonly (readonly string[])[]): Repeat[] {
  const harmless = recreations(statements);
  return statements.map((statement, at) => ({
    sum: statementSum(tokens[at]!),
    isRepeatable: harmless.has(statement) || isRepeatable(statement.node, statement.facts),
    calls: callsOf(statement),
  }));
}
