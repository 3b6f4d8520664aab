import type { Comment } from '../core/allowances.ts';
import { textChecksum } from '../core/checksum.ts';
import { type LineComment, type Options, readDirectives } from '../core/directives.ts';
import { type Header, readHeader } from '../core/header.ts';
import type { Migration, MigrationBody, Script } from '../core/manifest.ts';
import type { FileName } from '../core/name.ts';
import { LARGEST_REQUEST, requestBytes } from '../core/size.ts';
import { readSource } from '../core/source.ts';
import { checkForeign } from './foreign.ts';
import type { Grammar, Reading, ReadSection, Tracking } from './grammar.ts';
import type { Source } from './source.ts';

/** A migration that was read: what goes into the manifest, and what can only be settled when all of the folder are read. */
export interface Draft {
  readonly entry: Migration;
  readonly body: MigrationBody;
  readonly up: Reading;
  /** Of the up section and the down section, with the files that get their problems. */
  readonly sections: readonly ReadSection[];
  /** Of the up section. */
  readonly source: Source;
  /** All comments of that file. */
  readonly comments: readonly Comment[];
}

interface Sources {
  readonly up: Source;
  /** The other file of a pair. */
  readonly down: Source | null;
}

/** Read a migration from its file, or from its up file and its down file. What is wrong goes to the sources; undefined: unreadable. */
export function readMigration(
  name: FileName,
  sources: Sources,
  grammar: Grammar,
  tracking: Tracking,
): Draft | undefined {
  const given = sources.down ? [sources.up, sources.down] : [sources.up];
  if (!given.map(isReadable).every(Boolean)) return undefined;
  if (given.map((source, at) => isForeign(source, grammar, name, at)).some(Boolean)) return undefined;
  const upFile = readSections(sources.up, grammar, name);
  const downFile = sources.down ? readSections(sources.down, grammar, { ...name, part: 'down' }) : upFile;
  const sections: ReadSection[] = [];
  const read = (direction: 'up' | 'down', source: Source, from: number, to: number, { transaction }: Options) => {
    const reading = grammar.read({ source, from, to, transaction, direction, tracking });
    sections.push({ source, reading });
    return { reading, script: { content: source.text.slice(from, to), facts: reading.facts } satisfies Script };
  };
  const up = read('up', sources.up, 0, upFile.split, upFile.options);
  const downSource = sources.down ?? (upFile.hasDown ? sources.up : null);
  const downStart = sources.down ? 0 : upFile.split;
  const down = downSource && read('down', downSource, downStart, downSource.text.length, downFile.downOptions).script;
  const { header } = upFile;
  const databases = sections.flatMap(({ reading }) => reading.databases ?? []);
  const source = readSource(sources.up.text);
  const entry: Migration = {
    name: name.name,
    version: name.version,
    file: sources.up.file,
    description: header.description ?? header.migration ?? name.words,
    created: header.created,
    checksum: textChecksum(sources.up.text),
    statementsChecksum: up.reading.statementsChecksum,
    mode: up.reading.stepwise ? 'stepwise' : 'atomic',
    reapply: upFile.options.reapply ?? false,
    statements: up.reading.facts.lines.length,
    revertible: down !== null,
    names: [],
    ...(databases.length > 0 && { databases }),
    drops: [...up.reading.drops].map(drop => drop.toLowerCase()).sort(),
    once: [],
    destructive: up.reading.destructive,
    ifNotExists: up.reading.ifNotExists,
    replaces: upFile.options.replaces ?? [],
    again: upFile.options.again ?? [],
    ...(source && { source }),
  };
  const body = { up: up.script, down };
  if (entry.statements === 0 && sources.up.errors.length === 0)
    sources.up.warn(
      'empty-migration',
      0,
      'The migration has no statements',
      'Write its statements, or delete the file',
    );
  checkRequest(sources.up, body, up.reading);
  return { entry, body, up: up.reading, sections, source: sources.up, comments: upFile.comments };
}

/** Whether a file is written for another tool: then what it says of its sections means nothing here. */
function isForeign(source: Source, grammar: Grammar, name: FileName, at: number): boolean {
  return checkForeign(source, grammar.outline(source.text), at === 1 ? { ...name, part: 'down' } : name);
}

/** Whether a text can be read at all. What is larger than any request is not worth a parser's time and memory. */
function isReadable(source: Source): boolean {
  const zero = source.text.indexOf('\0');
  if (zero >= 0) {
    source.error(
      'nul',
      zero,
      'A NUL character, which PostgreSQL takes in no text',
      'Take it out; in bytea write it as \\x00',
    );
    return false;
  }
  const bytes = Buffer.byteLength(source.text, 'utf8');
  if (bytes > LARGEST_REQUEST) tooLarge(source, bytes);
  return bytes <= LARGEST_REQUEST;
}

function checkRequest(source: Source, { up, down }: MigrationBody, { repeats, names, mentions }: Reading): void {
  const identity = { once: repeats.map(({ sum }) => sum), names: [...names, ...mentions], drops: [] };
  const bytes = requestBytes({
    content: up.content,
    facts: { ...up.facts, ...identity },
    revert: down?.content ?? null,
    revertFacts: down?.facts ?? null,
  });
  if (bytes > LARGEST_REQUEST) tooLarge(source, bytes);
}

function tooLarge(source: Source, bytes: number): void {
  const message = `This migration takes a request of ${mebibytes(bytes)} MiB or more; the Data API takes ${mebibytes(LARGEST_REQUEST)}`;
  const parts = Math.ceil(bytes / (LARGEST_REQUEST * 0.9));
  source.error(
    'too-large',
    0,
    message,
    `Split it into ${parts} migrations or more (with consecutive versions), each with a part of the statements`,
  );
}

/** Rounded up, so that what is too large never looks as if it fitted. */
function mebibytes(bytes: number): string {
  return (Math.ceil((bytes / 1024 / 1024) * 100) / 100).toFixed(2);
}

interface Sections {
  readonly comments: readonly Comment[];
  readonly header: Header;
  readonly options: Options;
  readonly downOptions: Options;
  readonly hasDown: boolean;
  /** Where the down section begins; the end of the text where there is none. */
  readonly split: number;
}

function readSections(source: Source, grammar: Grammar, { part, version }: FileName): Sections {
  const { text } = source;
  const { comments, blocks, firstToken } = grammar.outline(text);
  const lines: LineComment[] = comments.map(({ start, text: comment }) => ({
    text: comment,
    startsLine: start === 0 || text[start - 1] === '\n',
    afterStatement: firstToken !== null && firstToken < start,
  }));
  const directives = readDirectives(lines, part);
  const complain = (comment: number, code: string, message: string, remedy: string) =>
    source.error(code, comments[comment]!.start, message, remedy);
  for (const { comment, code, message, remedy } of directives.mistakes) complain(comment, code, message, remedy);
  if (version === null && directives.down !== null) {
    complain(
      directives.down,
      'misplaced-directive',
      'A repeatable migration has no down section: nothing tells which content to go back to',
      'Take it out; to undo a change, change the file back',
    );
  }
  const down = part === 'whole' ? directives.down : null;
  return {
    comments: [...comments, ...blocks],
    header: readHeader(lines.map(line => line.text)),
    options: directives.options,
    downOptions: directives.downOptions,
    hasDown: down !== null,
    split: down === null ? text.length : comments[down]!.start,
  };
}
