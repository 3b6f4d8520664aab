import type { Replaced } from './manifest.ts';

/** A `--` comment of a file, without its line end. */
export interface LineComment {
  readonly text: string;
  /** Nothing stands before it on its line. */
  readonly startsLine: boolean;
  /** A statement has begun before it. */
  readonly afterStatement: boolean;
}

/** What the directives of a file say. `up` and `down` are indexes of comments. */
export interface Directives {
  readonly up: number | null;
  readonly down: number | null;
  readonly options: Options;
  readonly downOptions: Options;
  readonly mistakes: readonly Mistake[];
}

export interface Options {
  /** `transaction:false` / `transaction:true`; undefined where nothing is said. */
  readonly transaction?: boolean;
  readonly reapply?: boolean;
  /** `replaces:A,B@1f2e3d4c`, with those of `-- migrate:replaces` lines. */
  readonly replaces?: readonly Replaced[];
  /** `again:A,B`. */
  readonly again?: readonly string[];
}

export interface Mistake {
  /** Index of the comment. */
  readonly comment: number;
  readonly code:
    | 'unknown-directive'
    | 'unknown-option'
    | 'repeated-directive'
    | 'repeated-option'
    | 'misplaced-directive';
  readonly message: string;
  readonly remedy: string;
}

type Section = 'up' | 'down';

const DIRECTIVE = /^--\s*migrate\s*:\s*(\S*)\s*(.*)$/is;
const SWITCHES = { up: ['transaction', 'reapply'], down: ['transaction'] } as const;
const LISTS = { up: ['replaces', 'again'], down: [] } as const;
const NAME = /^(\d+|R_)_[a-z0-9_-]+$/;
const REPLACED = /^([^@]+)(?:@([0-9a-f]{8,64}))?$/;

/**
 * Read the directives among the `--` comments of a file, which are given in order. `part` is the half of a pair that the file holds.
 * Every mistake is reported, none is ignored.
 */
export function readDirectives(comments: readonly LineComment[], part: 'whole' | Section = 'whole'): Directives {
  const found: Record<Section, number | null> = { up: null, down: null };
  const options: Record<Section, Options> = { up: {}, down: {} };
  const mistakes: Mistake[] = [];
  const listed: Replaced[] = [];
  for (const [comment, { text, startsLine, afterStatement }] of comments.entries()) {
    const [, written, rest] = DIRECTIVE.exec(text) ?? [];
    if (written === undefined || rest === undefined) continue;
    const word = written.toLowerCase();
    const mistake: Complain = (code, message, remedy) => mistakes.push({ comment, code, message, remedy });
    if (word === 'replaces') {
      listed.push(...readReplaced(rest, mistake));
      continue;
    }
    // Of the safety rules: `readAllowances`.
    if (/^allow(-file)?$/.test(word)) continue;
    if (word !== 'up' && word !== 'down') {
      mistake(
        'unknown-directive',
        `Unknown directive "migrate:${written}"`,
        'Write -- migrate:up or -- migrate:down, -- migrate:allow RULE: why, or make the comment begin with another word',
      );
      continue;
    }
    if (!startsLine) {
      mistake(
        'misplaced-directive',
        `"migrate:${word}" does not stand at the beginning of a line`,
        'Put the directive on a line of its own, with nothing before it',
      );
      continue;
    }
    if (found[word] !== null) {
      mistake('repeated-directive', `"migrate:${word}" stands in this file already`, 'Keep one of them');
      continue;
    }
    if (part !== 'whole' && word !== part) {
      mistake(
        'misplaced-directive',
        `A file that ends in .${part}.sql holds the ${part} section only`,
        'Move the section to the other file of the pair',
      );
    } else if (word === (part === 'down' ? 'down' : 'up') && afterStatement) {
      mistake(
        'misplaced-directive',
        `Statements stand before "migrate:${word}"`,
        `Put -- migrate:${word} before the first statement, with only comments before it`,
      );
    } else if (word === 'up' && found.down !== null) {
      mistake('misplaced-directive', '"migrate:up" stands after "migrate:down"', 'Put the up section first');
    }
    found[word] = comment;
    options[word] = readOptions(word, rest, mistake);
  }
  const replaces = [...(options.up.replaces ?? []), ...listed];
  const up = replaces.length > 0 ? { ...options.up, replaces } : options.up;
  return { ...found, options: up, downOptions: options.down, mistakes };
}

type Complain = (code: Mistake['code'], message: string, remedy: string) => void;

function readOptions(section: Section, rest: string, mistake: Complain): Options {
  const options: { -readonly [K in keyof Options]: Options[K] } = {};
  const [switches, lists]: (readonly string[])[] = [SWITCHES[section], LISTS[section]];
  for (const word of rest.split(/\s+/).filter(Boolean)) {
    const [, written = '', value = ''] = /^([^:]*):(.+)$/.exec(word) ?? [];
    const name = written.toLowerCase();
    if (lists!.includes(name)) {
      if (options[name as 'again'] !== undefined) repeated(name, mistake);
      if (name === 'replaces') options.replaces = readReplaced(value, mistake);
      else options.again = namesIn(value, mistake);
      continue;
    }
    const isOn = /^true$/i.test(value);
    if (!switches!.includes(name) || !(isOn || /^false$/i.test(value))) {
      const all = [...switches!.map(option => `${option}:true|false`), ...lists!.map(option => `${option}:NAME`)];
      mistake(
        'unknown-option',
        `Unknown option "${word}" of migrate:${section}`,
        `Options of migrate:${section} are ${all.join(', ').replace(/, (?=[^,]*$)/, ' and ')}; correct it or take it out`,
      );
      continue;
    }
    const option = name as 'transaction' | 'reapply';
    if (options[option] !== undefined) repeated(option, mistake);
    options[option] = isOn;
  }
  return options;
}

function repeated(name: string, mistake: Complain): void {
  mistake('repeated-option', `Option "${name}" is given twice`, 'Keep one of them');
}

/** `001_users@3f2a9c01,002_orders`: names with or without a checksum, separated by commas or blanks. */
function readReplaced(list: string, mistake: Complain): Replaced[] {
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .flatMap(entry => {
      const [, name = '', checksum = null] = REPLACED.exec(entry) ?? [];
      if (NAME.test(name)) return [{ name, checksum }];
      badName(entry, mistake);
      return [];
    });
}

function namesIn(list: string, mistake: Complain): string[] {
  const names = list.split(',').filter(Boolean);
  for (const name of names) if (!NAME.test(name)) badName(name, mistake);
  return names.filter(name => NAME.test(name));
}

function badName(entry: string, mistake: Complain): void {
  mistake(
    'unknown-option',
    `"${entry}" is no name of a migration`,
    'Write the name without .sql, for example 002_orders, or with the beginning of its checksum: 002_orders@3f2a9c01',
  );
}
