import type { Head } from '../../engine/mysql/statement/statement-kind.ts';
import { nameAt, stands, type Word } from '../../engine/mysql/statement/words.ts';
import type { UserVariables } from '../grammar.ts';
import type { Prepared } from './prepared-statement.ts';
import { evaluatedWords } from './session.ts';

/** User variables of one statement, by name, lower-cased. */
export interface VariableUse {
  /** Read, each with the place of its first `@`. */
  readonly reads: ReadonlyMap<string, Word>;
  readonly sets: ReadonlySet<string>;
  /** Arguments of a CALL: only the procedure knows whether it reads or sets them. */
  readonly passed: readonly PassedVariable[];
}

export interface PassedVariable {
  readonly name: string;
  readonly word: Word;
  /** Lower-cased. */
  readonly procedure: string;
  /** Which argument, counted from 0. */
  readonly argument: number;
}

/** The user variables that a statement reads and sets in its own session, not in the body of a routine. */
export function variableUse(words: readonly Word[], head: Head): VariableUse {
  return usesIn(evaluatedWords(words, head), head.verb);
}

/** What statements in the body of a routine, trigger or event set. */
export function setInBody(words: readonly Word[], head: Head): ReadonlySet<string> {
  const own = evaluatedWords(words, head).length;
  return own === words.length ? new Set() : usesIn(words.slice(own), 'body').sets;
}

function usesIn(words: readonly Word[], verb: string): VariableUse {
  const reads = new Map<string, Word>();
  const sets = new Set<string>();
  const passed: PassedVariable[] = [];
  const sections = sectionsOf(words, verb);
  for (const [at, word] of words.entries()) {
    const variable = variableAt(words, at);
    if (!variable) continue;
    const { name, next } = variable;
    const section = sections[at]!;
    const assigned = /^:?=$/.test(words[next]?.sign ?? '') && (words[next]!.sign === ':=' || section.kind === 'target');
    if (assigned || section.kind === 'into') sets.add(name);
    else if (
      section.kind === 'argument' &&
      /^[,)]$/.test(words[next]?.sign ?? '') &&
      /^[,(]$/.test(words[at - 1]!.sign)
    )
      passed.push({ name, word, procedure: section.procedure!, argument: section.argument! });
    else if (!reads.has(name)) reads.set(name, word);
  }
  return { reads, sets, passed };
}

/** How a variable is used where it stands: `target` of an assignment with `=`, `into` which a value goes, `argument` of a CALL, or `read`. */
interface Part {
  readonly kind: 'target' | 'into' | 'argument' | 'read';
  readonly procedure?: string;
  readonly argument?: number;
}

const READ: Part = { kind: 'read' };
const INTO: Part = { kind: 'into' };
const TARGET: Part = { kind: 'target' };

/** For each word the part of its statement in which it stands. */
function sectionsOf(words: readonly Word[], verb: string): Part[] {
  const parts: Part[] = [];
  let depth = 0;
  let into = false;
  let setting = verb === 'set' || verb === 'get';
  let argument = 0;
  const loads = verb === 'load';
  const inBody = verb === 'body';
  const setOf = loads
    ? words.findIndex((_, at) => stands(words, at, 'set') && words[at - 1]?.sign !== 'character')
    : -1;
  const procedure = nameAt(words, 1)?.name.toLowerCase() ?? '';
  for (const [at, { sign }] of words.entries()) {
    if (sign === ')') depth--;
    if (inBody && (sign === 'set' || sign === 'diagnostics')) setting = true;
    if (inBody && sign === ';') setting = false;
    if (sign === 'into') into = true;
    else if (into && !/^[@,]$/.test(sign) && !isOfVariable(words, at)) into = false;
    const begins = /^(set|,|diagnostics|session|local)$/.test(words[at - 1]?.sign ?? '') || verb === 'get';
    if (into) parts.push(INTO);
    else if (loads && depth > 0 && (setOf < 0 || at < setOf)) parts.push(INTO);
    else if (setting && depth === 0 && begins) parts.push(TARGET);
    else if (verb === 'call' && depth === 1) parts.push({ kind: 'argument', procedure, argument });
    else parts.push(READ);
    if (verb === 'call' && depth === 1 && sign === ',') argument++;
    if (sign === '(') depth++;
  }
  return parts;
}

/** A word that belongs to the name of a variable: behind its `@`, or behind a dot in it. */
function isOfVariable(words: readonly Word[], at: number): boolean {
  const before = words[at - 1];
  if (before?.sign === '@') return true;
  return (words[at]!.sign === '.' || before?.sign === '.') && before!.token.end === words[at]!.token.start;
}

/** The user variable that begins here, lower-cased, and the place after it; neither `@@name` nor `user@host`. */
function variableAt(words: readonly Word[], at: number): { name: string; next: number } | undefined {
  const sign = words[at]!;
  if (sign.sign !== '@' || words[at - 1]?.sign === '@' || words[at + 1]?.sign === '@') return undefined;
  const before = words[at - 1];
  const joined = before !== undefined && before.token.end === sign.token.start;
  if (joined && (before.name !== undefined || before.token.kind === 'string')) return undefined;
  let name = words[at + 1]?.name?.toLowerCase();
  if (name === undefined) return undefined;
  let next = at + 2;
  // @a.b is one name.
  while (
    words[next]?.sign === '.' &&
    words[next]!.token.start === words[next - 1]!.token.end &&
    words[next + 1]?.name
  ) {
    name += `.${words[next + 1]!.name!.toLowerCase()}`;
    next += 2;
  }
  return { name, next };
}

/** The modes of a procedure's parameters, in order: `in`, `out`, `inout`; undefined: no CREATE PROCEDURE. */
export function parameterModes(words: readonly Word[], { verb, what, objects }: Head): readonly string[] | undefined {
  if (verb !== 'create' || what !== 'procedure' || !objects[0]) return undefined;
  const open = words.findIndex(({ sign }, at) => at >= objects[0]!.next && sign === '(');
  const modes: string[] = [];
  let depth = 0;
  for (let at = open; at >= 0 && at < words.length; at++) {
    const { sign } = words[at]!;
    if (depth === 1 && /^[(,]$/.test(words[at - 1]!.sign) && sign !== ')')
      modes.push(/^(in|out|inout)$/.test(sign) ? sign : 'in');
    if (sign === '(') depth++;
    if (sign === ')' && --depth === 0) break;
  }
  return modes;
}

interface ReadStatement {
  readonly words: readonly Word[];
  readonly head: Head;
  readonly prepared: Prepared | undefined;
}

/** Every user variable that statements may set or read, in their own session or in the bodies that they make, sorted. */
export function namedVariables(statements: readonly ReadStatement[]): string[] {
  const named = statements.flatMap(({ words, head, prepared }) => {
    const { reads, sets, passed } = variableUse(words, head);
    const executed = prepared ? [...prepared.reads, ...prepared.sets] : [];
    return [...reads.keys(), ...sets, ...passed.map(({ name }) => name), ...setInBody(words, head), ...executed];
  });
  return [...new Set(named)].sort();
}

/**
 * What a section reads of user variables and never sets itself, and what its routines and triggers set.
 * @param from where the section begins in its source
 */
export function readUserVariables(statements: readonly ReadStatement[], from: number): UserVariables {
  const sets = new Set<string>();
  const setInBodies = new Set<string>();
  const reads = new Map<string, number>();
  const passed: (PassedVariable & { readonly offset: number })[] = [];
  const procedures: { name: string; modes: readonly string[] }[] = [];
  const calls: string[] = [];
  for (const { words, head, prepared } of statements) {
    const use = variableUse(words, head);
    for (const name of use.sets) sets.add(name);
    for (const name of head.verb === 'execute' ? (prepared?.sets ?? []) : []) sets.add(name);
    for (const [name, word] of use.reads) if (!reads.has(name)) reads.set(name, from + word.token.start);
    for (const each of use.passed) passed.push({ ...each, offset: from + each.word.token.start });
    for (const name of setInBody(words, head)) setInBodies.add(name);
    const modes = parameterModes(words, head);
    if (modes) procedures.push({ name: head.objects[0]!.name.toLowerCase(), modes });
    if (head.verb === 'call') calls.push(nameAt(words, 1)?.name.toLowerCase() ?? '');
  }
  return {
    reads: [...reads].filter(([name]) => !sets.has(name)).map(([name, offset]) => ({ name, offset })),
    passed: passed
      .filter(({ name }) => !sets.has(name))
      .map(({ name, procedure, argument, offset }) => ({ name, procedure, argument, offset })),
    setInBodies: [...setInBodies],
    procedures,
    calls,
  };
}
