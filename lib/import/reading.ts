import type { Problem } from '../core/errors.ts';
import type { EngineName } from '../core/manifest.ts';
import type { SourceTool } from '../core/source.ts';
import { type Found, type Line, linesOf } from './found.ts';
import { type Settings, settings } from './settings.ts';
import type { Skips } from './skips.ts';
import type { Tree } from './tree.ts';

/** A tool whose migrations can be imported: what it reads of a folder, and how it orders. */
export interface ToolFiles {
  /** As its authors write it. */
  readonly title: string;
  /** How its files are named, for the message where there is none. */
  readonly form: string;
  /** What `read` has ordered them by: text (digits of different length are compared from the left), numbers, or a rule of its own. */
  readonly order: 'text' | 'number' | 'own';
  /** Whether it allows two migrations of one version. @default false */
  readonly allowsTies?: boolean;
  /** Answers its migrations in its own order; reports what cannot be carried. */
  read(reading: Reading): readonly Found[];
}

/** What is listed beside the migrations: files that are none, and what was changed on the way. */
export interface Remark {
  /** A path in the source; null: the folder as a whole. */
  readonly file: string | null;
  readonly text: string;
}

/** One import at work: the source, the options, and what was found out. */
export class Reading {
  readonly tool: SourceTool;
  readonly engine: EngineName;
  readonly tree: Tree;
  readonly skips: Skips;
  readonly settings: Settings;
  readonly problems: Problem[] = [];
  readonly leftOut: Remark[] = [];
  readonly notes: Remark[] = [];
  /** How the source's files are called in messages. */
  readonly #display: string;
  readonly #read = new Set<string>();

  constructor(
    options: Pick<Reading, 'tool' | 'engine' | 'tree' | 'skips'> & {
      readonly values: ReadonlyMap<string, string>;
      readonly display: string;
    },
  ) {
    this.tool = options.tool;
    this.engine = options.engine;
    this.tree = options.tree;
    this.skips = options.skips;
    this.settings = settings(options.values);
    this.#display = options.display;
  }

  /** Paths of files that `--skip` does not name. */
  get paths(): readonly string[] {
    return this.tree.paths.filter(path => !this.skips.has(path));
  }

  /** The same, without the files of folders. */
  get top(): readonly string[] {
    return this.paths.filter(path => !path.includes('/'));
  }

  has(path: string): boolean {
    return this.tree.paths.includes(path);
  }

  /** The text of a file, without a BOM. What is not UTF-8 is reported, and read as well as it can be. */
  text(path: string): string {
    const bytes = this.tree.bytes(path);
    this.#read.add(path);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      this.cannotCarry(
        'not-utf8',
        path,
        firstBadLine(bytes),
        'The file is not UTF-8',
        'Save a copy of it as UTF-8, and import that',
      );
      return new TextDecoder().decode(bytes);
    }
  }

  lines(path: string): Line[] {
    return linesOf(this.text(path));
  }

  /** Reports what stops the import. */
  cannotCarry(
    code: string,
    file: string,
    line: number,
    message: string,
    remedy = `Change it in a copy of the folder and import that, or leave the file out with --skip "${file}"`,
  ): void {
    this.problems.push({ code, message, remedy, place: { file: this.#display + file, line } });
  }

  /** Lists a file that is no migration for the other tool either. */
  leaveOut(file: string, text: string): void {
    this.#read.add(file);
    this.leftOut.push({ file, text });
  }

  note(file: string | null, text: string): void {
    this.notes.push({ file, text });
  }

  /** Reports migrations that are code, and lists all files that nobody asked for: none is dropped silently. */
  finish(): void {
    for (const path of this.paths) {
      if (this.#read.has(path) || this.tree.only !== null) continue;
      const base = path.slice(path.lastIndexOf('/') + 1);
      const code = CODE.exec(base)?.[1];
      if (code !== undefined && this.tool !== 'db-migrate') {
        this.cannotCarry(
          'not-importable',
          path,
          1,
          `The migration is code (.${code})`,
          `Write its SQL as a migration in a copy of the folder, or leave it out with --skip "${path}"`,
        );
      } else this.leaveOut(path, `not read by ${this.tool}`);
    }
    for (const link of this.tree.links) this.leaveOut(link, 'a link: links are not followed');
  }
}

/** Files that tools take for migrations although they hold no SQL: a version, and the ending of a programming language. */
const CODE = /^(?:[VUR]?\d)[^/]*\.(go|js|ts|mjs|cjs|py|rb|java|kt|groovy|php|fizz|sh|ps1|exs)$/i;

function firstBadLine(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'), 'utf8');
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  return bytes.subarray(0, at).filter(byte => byte === 0x0a).length + 1;
}
