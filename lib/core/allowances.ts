/** A comment of a file: `-- …` or a block comment, with its offset. */
export interface Comment {
  readonly start: number;
  readonly text: string;
}

/** A comment that lets findings of safety rules pass. */
export interface Allowance {
  /** Offset of the comment. */
  readonly start: number;
  /** The next statement, or the whole file. */
  readonly scope: 'statement' | 'file';
  /** Ids of rules; null: all of them. */
  readonly rules: readonly string[] | null;
  /** Empty where a tool of others does not ask for one. */
  readonly reason: string;
  /** `migrate`: ours. `squawk`: honoured, and never called unknown or unneeded, for squawk reads it too. */
  readonly by: 'migrate' | 'squawk';
}

/** A `migrate:allow` that cannot be read. */
export interface AllowanceMistake {
  readonly start: number;
  readonly message: string;
  readonly remedy: string;
}

const OURS = /^--\s*migrate:(allow-file|allow)(?!\S)\s*(.*)$/is;
const SQUAWKS = /^(?:--|\/\*)\s*squawk-ignore(-file)?\b([^*\n]*)/i;

/** Reads the comments that let findings pass: `-- migrate:allow RULE[, RULE]: why`, `-- migrate:allow-file …`, and squawk's own. */
export function readAllowances(comments: readonly Comment[]): {
  readonly allowances: readonly Allowance[];
  readonly mistakes: readonly AllowanceMistake[];
} {
  const allowances: Allowance[] = [];
  const mistakes: AllowanceMistake[] = [];
  for (const { start, text } of comments) {
    const [, word, rest] = OURS.exec(text) ?? [];
    if (word !== undefined && rest !== undefined) {
      const own = ownAllowance(start, word.toLowerCase(), rest.trim());
      if ('message' in own) mistakes.push(own);
      else allowances.push(own);
      continue;
    }
    const squawk = SQUAWKS.exec(text);
    if (!squawk) continue;
    const [list = '', reason = ''] = squawk[2]!.split(/--(.*)/s);
    const rules = ids(list);
    const scope = squawk[1] === undefined ? 'statement' : 'file';
    if (rules.length > 0 || scope === 'file') {
      const all = rules.length === 0 ? null : rules.map(id => SQUAWK_ALIASES[id] ?? id);
      allowances.push({ start, scope, rules: all, reason: reason.trim(), by: 'squawk' });
    }
  }
  return { allowances, mistakes };
}

/** Ids of squawk that mean a rule of ours with another id. */
const SQUAWK_ALIASES: Readonly<Record<string, string>> = {
  'adding-serial-primary-key-field': 'adding-primary-key',
  'ban-truncate-cascade': 'ban-truncate',
};

function ownAllowance(start: number, word: string, rest: string): Allowance | AllowanceMistake {
  const [, list = '', reason = ''] = /^([^:]*):?(.*)$/s.exec(rest) ?? [];
  const rules = ids(list);
  const form = `-- migrate:${word} RULE[, RULE]: why`;
  if (rules.length === 0) return { start, message: `"migrate:${word}" names no rule`, remedy: `Write ${form}` };
  if (reason.trim() === '') return { start, message: `"migrate:${word}" gives no reason`, remedy: `Write ${form}` };
  return { start, scope: word === 'allow' ? 'statement' : 'file', rules, reason: reason.trim(), by: 'migrate' };
}

function ids(list: string): string[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
}
