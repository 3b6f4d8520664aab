import type { Destructive, EngineName, ScriptFacts } from '../core/manifest.ts';
import type { Source } from './source.ts';

/** What is true of one engine's SQL text: the one thing that a second engine brings along to be compiled. */
export interface Grammar {
  readonly engine: EngineName;
  /** To be awaited once before anything else. */
  load(): Promise<void>;
  /** The `--` comments of a file, outside of literals and other comments, and where its first statement begins. */
  outline(text: string): Outline;
  /** Split one section of a file into statements and find out what must be known of them. */
  read(section: Section): Reading;
}

export interface Outline {
  readonly comments: readonly { readonly start: number; readonly text: string }[];
  /** Offset of the first token; null: comments only. */
  readonly firstToken: number | null;
}

/** A part of a file that is one script: offsets into the text of the source. */
export interface Section {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  /** `transaction:false` / `transaction:true`; undefined: not said. */
  readonly transaction: boolean | undefined;
  /** Where the tracking tables live: names that a migration must not touch. */
  readonly tracking: Tracking;
}

export interface Tracking {
  readonly schema: string;
  readonly table: string;
}

/** What a grammar found in one section. Problems go into the source's collection. */
export interface Reading {
  readonly facts: ScriptFacts;
  readonly stepwise: boolean;
  readonly statementsChecksum: string;
  /** Relations and objects that the statements name: in any case. */
  readonly names: ReadonlySet<string>;
  /** What they name if a migration of the folder creates such a thing: functions, types, words in the bodies of functions. */
  readonly mentions: ReadonlySet<string>;
  readonly creates: ReadonlySet<string>;
  /** First statement that must not be repeated. */
  readonly destructive: Destructive | null;
  /** Functions called at the top: what they do is unknown where the folder makes them. */
  readonly calls: readonly { readonly name: string; readonly line: number }[];
}
