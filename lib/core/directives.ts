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

const DIRECTIVE = /^--\s*migrate:(\S*)\s*(.*)$/s;
const KNOWN_OPTIONS = { up: ['transaction', 'reapply'], down: ['transaction'] } as const;

/**
 * Read the directives among the `--` comments of a file, which are given in order. `part` is the half of a pair that the file holds.
 * Every mistake is reported, none is ignored.
 */
export function readDirectives(comments: readonly LineComment[], part: 'whole' | Section = 'whole'): Directives {
  const found: Record<Section, number | null> = { up: null, down: null };
  const options: Record<Section, Options> = { up: {}, down: {} };
  const mistakes: Mistake[] = [];
  for (const [comment, { text, startsLine, afterStatement }] of comments.entries()) {
    const [, word, rest] = DIRECTIVE.exec(text) ?? [];
    if (word === undefined || rest === undefined) continue;
    const mistake = (code: Mistake['code'], message: string, remedy: string) =>
      mistakes.push({ comment, code, message, remedy });
    if (word !== 'up' && word !== 'down') {
      mistake(
        'unknown-directive',
        `Unknown directive "migrate:${word}"`,
        'Write -- migrate:up or -- migrate:down, or make the comment begin with another word',
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
  return { ...found, options: options.up, downOptions: options.down, mistakes };
}

function readOptions(
  section: Section,
  rest: string,
  mistake: (code: Mistake['code'], message: string, remedy: string) => void,
): Options {
  const options: { transaction?: boolean; reapply?: boolean } = {};
  const known: readonly string[] = KNOWN_OPTIONS[section];
  for (const word of rest.split(/\s+/).filter(Boolean)) {
    const [, name, value] = /^([^:]*):(true|false)$/.exec(word) ?? [];
    if (!name || !known.includes(name)) {
      const all = known.map(option => `${option}:true|false`).join(' and ');
      mistake(
        'unknown-option',
        `Unknown option "${word}" of migrate:${section}`,
        `Options of migrate:${section} are ${all}; correct it or take it out`,
      );
      continue;
    }
    const option = name as keyof Options;
    if (options[option] !== undefined)
      mistake('repeated-option', `Option "${name}" is given twice`, 'Keep one of them');
    options[option] = value === 'true';
  }
  return options;
}
