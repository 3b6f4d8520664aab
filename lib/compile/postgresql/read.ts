import { tokensChecksum } from '../../core/checksum.ts';
import type { Destructive } from '../../core/manifest.ts';
import type { Reading, Section } from '../grammar.ts';
import { runsAlone } from './alone.ts';
import { harm } from './destructive.ts';
import { isFramed } from './frame.ts';
import { checkMode } from './mode.ts';
import { collectNames, type Names } from './names.ts';
import { parse } from './parser.ts';
import { cut, type Statement, withTokens } from './pieces.ts';
import { refusal } from './refuse.ts';
import { returnsRows } from './rows.ts';
import { type ScannedScript, scanScript } from './script.ts';
import { setting } from './session.ts';
import { lastName } from './tree.ts';

/** Read one section of a PostgreSQL migration. What is wrong goes to its source; the facts are of use only where nothing is. */
export function readSection(section: Section): Reading {
  const { source, from, to } = section;
  const text = source.text.slice(from, to);
  const scanned = scanScript(text);
  checkCommands(section, scanned, text);
  const all = statementsOf(section, scanned);
  const framed = isFramed(all);
  if (framed && section.transaction === false) {
    source.error(
      'transaction-control',
      from + all[0]!.first,
      'BEGIN in a migration with transaction:false',
      'Take BEGIN and COMMIT out, or the option',
    );
  }
  const marked = all.map((statement, at) => ({
    ...statement,
    leftOut: (framed && (at === 0 || at === all.length - 1)) || setting(statement.node)?.name === 'transaction_timeout',
  }));
  for (const { leftOut, node, first } of marked) {
    const name = leftOut ? setting(node) : undefined;
    if (name && !name.reset && name.value !== '0') {
      source.warn(
        'transaction-timeout',
        from + first,
        'SET transaction_timeout is left out: PostgreSQL before 17 does not know it',
        'Take it out',
      );
    }
    const refused = leftOut ? undefined : refusal(node, section.tracking);
    if (refused) source.error(refused.code, from + first, refused.message, refused.remedy);
  }
  const statements = marked.filter(statement => !statement.leftOut);
  return facts(section, text, marked, statements, scanned);
}

function facts(
  section: Section,
  text: string,
  marked: readonly (Statement & { leftOut: boolean })[],
  statements: readonly Statement[],
  scanned: ScannedScript,
): Reading {
  const { source, from } = section;
  const stepwise = checkMode(section, statements, text);
  const names: Names = { names: new Set(), mentions: new Set(), creates: new Set() };
  const calls: { name: string; line: number }[] = [];
  let destructive: Destructive | null = null;
  const rows: number[] = [];
  const session: number[] = [];
  const alone: { statement: number; truth: NonNullable<ReturnType<typeof runsAlone>>['truth'] }[] = [];
  for (const [index, statement] of statements.entries()) {
    const { node, first } = statement;
    const number = index + 1;
    collectNames(statement, names);
    const what = harm(node);
    if (what && !destructive) destructive = { what, line: source.line(from + first) };
    for (const name of callsOf(node)) calls.push({ name, line: source.line(from + first) });
    const own = stepwise ? runsAlone(node) : undefined;
    if (own) alone.push({ statement: number, truth: own.truth });
    if (returnsRows(node)) rows.push(number);
    const set = setting(node);
    if (set && !set.local) session.push(number);
  }
  const lines = statements.map(({ first }) => source.line(from + first));
  const tokens = statements.map(statement => statement.tokens.map(({ start, end }) => text.slice(start, end)));
  const sums = stepwise ? tokens.map(own => tokensChecksum([own]).slice(0, 16)) : [];
  return {
    facts: { pieces: cut(text, marked, scanned), lines, sums, rows, alone, session },
    stepwise,
    statementsChecksum: tokensChecksum(tokens),
    ...names,
    destructive,
    calls,
  };
}

function callsOf(node: Statement['node']): string[] {
  if (!('SelectStmt' in node)) return [];
  return (node.SelectStmt.targetList ?? []).flatMap(target => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    return value && 'FuncCall' in value ? (lastName(value.FuncCall.funcname) ?? []) : [];
  });
}

function statementsOf({ source, from }: Section, scanned: ScannedScript): readonly Statement[] {
  const parsed = parse(scanned.sql);
  if (!('message' in parsed)) return withTokens(parsed, scanned);
  source.error('syntax', from + (parsed.offset ?? 0), parsed.message, 'Correct the statement');
  return [];
}

function checkCommands({ source, from }: Section, { commands }: ScannedScript, text: string): void {
  for (const { start, end, inStatement } of commands) {
    const command = text.slice(start, end).split(/\s/)[0]!;
    if (/^\\(un)?restrict$/.test(command) && !inStatement) continue;
    source.error(
      'psql-command',
      from + start,
      `${command} is a command of psql, not SQL`,
      'Take it out, or write what it does in SQL',
    );
  }
}
