import { textChecksum } from '../core/checksum.ts';
import { type LineComment, type Options, readDirectives } from '../core/directives.ts';
import { type Header, readHeader } from '../core/header.ts';
import type { Migration, MigrationBody, Script } from '../core/manifest.ts';
import type { FileName } from '../core/name.ts';
import type { Grammar, Reading, Tracking } from './grammar.ts';
import type { Source } from './source.ts';

/** A migration that was read: what goes into the manifest, and what can only be settled when all of the folder are read. */
export interface Draft {
  readonly entry: Migration;
  readonly body: MigrationBody;
  readonly up: Reading;
  /** The file that the up section stands in. */
  readonly source: Source;
}

/** Read a migration from its file, or from its up file and its down file. What is wrong goes to the sources. */
export function readMigration(
  name: FileName,
  sources: { readonly up: Source; readonly down: Source | null },
  grammar: Grammar,
  tracking: Tracking,
): Draft {
  const file = readSections(sources.up, grammar, sources.down ? 'up' : name.part);
  const downFile = sources.down ? readSections(sources.down, grammar, 'down') : undefined;
  const script = (source: Source, from: number, to: number, options: Options) => {
    const reading = grammar.read({ source, from, to, transaction: options.transaction, tracking });
    return { reading, script: { content: source.text.slice(from, to), facts: reading.facts } satisfies Script };
  };
  const up = script(sources.up, 0, file.split, file.options);
  const down = sources.down
    ? script(sources.down, 0, sources.down.text.length, downFile!.downOptions).script
    : file.split < sources.up.text.length || file.hasDown
      ? script(sources.up, file.split, sources.up.text.length, file.downOptions).script
      : null;
  const { header } = file;
  const entry: Migration = {
    name: name.name,
    version: name.version,
    file: sources.up.file,
    description: header.description ?? header.migration ?? name.words,
    created: header.created,
    checksum: textChecksum(sources.up.text),
    statementsChecksum: up.reading.statementsChecksum,
    mode: up.reading.stepwise ? 'stepwise' : 'atomic',
    reapply: file.options.reapply ?? false,
    statements: up.reading.facts.lines.length,
    revertible: down !== null,
    names: [],
    destructive: up.reading.destructive,
  };
  return { entry, body: { up: up.script, down }, up: up.reading, source: sources.up };
}

interface Sections {
  readonly header: Header;
  readonly options: Options;
  readonly downOptions: Options;
  readonly hasDown: boolean;
  /** Where the down section begins; the end of the text where there is none. */
  readonly split: number;
}

function readSections(source: Source, grammar: Grammar, part: FileName['part']): Sections {
  const { text } = source;
  const { comments, firstToken } = grammar.outline(text);
  const lines: LineComment[] = comments.map(({ start, text: comment }) => ({
    text: comment,
    startsLine: start === 0 || text[start - 1] === '\n',
    afterStatement: firstToken !== null && firstToken < start,
  }));
  const directives = readDirectives(lines);
  for (const { comment, code, message, remedy } of directives.mistakes)
    source.error(code, comments[comment]!.start, message, remedy);
  const other = part === 'up' ? directives.down : part === 'down' ? directives.up : null;
  if (other !== null) {
    const message = `A file that ends in .${part}.sql holds the ${part} section only`;
    source.error(
      'misplaced-directive',
      comments[other]!.start,
      message,
      'Move the other section to the other file of the pair',
    );
  }
  const down = part === 'whole' ? directives.down : null;
  return {
    header: readHeader(lines.map(line => line.text)),
    options: directives.options,
    downOptions: directives.downOptions,
    hasDown: down !== null,
    split: down === null ? text.length : comments[down]!.start,
  };
}
