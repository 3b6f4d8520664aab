import type { Comment } from '../core/allowances.ts';
import type { Place } from '../core/errors.ts';
import type { DatabaseUse, Destructive, EngineName, ScriptFacts } from '../core/manifest.ts';
import type { SafetyRule } from '../core/safety.ts';
import type { Placed } from './safety.ts';
import type { Source } from './source.ts';

/** What is true of one engine's SQL text: the one thing that a second engine brings along to be compiled. */
export interface Grammar {
  readonly engine: EngineName;
  /** To be awaited once before anything else. */
  load(): Promise<void>;
  /** The line comments of a file (MySQL: those with `#` too), outside of literals and other comments, and where its first statement begins. */
  outline(text: string): Outline;
  /** Split one section of a file into statements and find out what must be known of them. */
  read(section: Section): Reading;
  /** Report what only all sections of a folder together tell. @default nothing */
  checkFolder?(sections: readonly ReadSection[]): void;
  readonly safety: Safety;
}

/** The safety rules of an engine. */
export interface Safety {
  readonly rules: readonly SafetyRule[];
  /** Judges the up sections of a folder in their order: what is found in each. `pending`: names of those that are not applied, where that is known. */
  judge(migrations: readonly ToJudge[], pending: ReadonlySet<string>): Placed[][];
}

export interface ToJudge {
  readonly name: string;
  readonly source: Source;
  readonly up: Reading;
}

export interface Outline {
  readonly comments: readonly Comment[];
  /** Block comments, where others put what concerns us. */
  readonly blocks: readonly Comment[];
  /** Offset of the first token; null: comments only. */
  readonly firstToken: number | null;
  /** Offset of a token of the last statement: what stands before it is not the end of the file. */
  readonly lastToken: number | null;
}

/** A part of a file that is one script: offsets into the text of the source. */
export interface Section {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  /** `transaction:false` / `transaction:true`; undefined: not said. */
  readonly transaction: boolean | undefined;
  /** Which section of the migration it is, as its directive is called. */
  readonly direction: 'up' | 'down';
  /** Where the tracking tables live: names that a migration must not touch. */
  readonly tracking: Tracking;
}

export interface Tracking {
  readonly schema: string;
  readonly table: string;
  /** MySQL: the database that is migrated, where that is known. */
  readonly database?: string | undefined;
}

/** MySQL: user variables that a section reads and never sets itself, by name, lower-cased. Offsets are those of the source. */
export interface UserVariables {
  readonly reads: readonly { readonly name: string; readonly offset: number }[];
  /** As arguments of a CALL: only the procedure knows whether it sets them. */
  readonly passed: readonly {
    readonly name: string;
    readonly procedure: string;
    /** Which argument, counted from 0. */
    readonly argument: number;
    readonly offset: number;
  }[];
  /** What the bodies of its routines and triggers set. */
  readonly setInBodies: readonly string[];
  /** The procedures that it makes, with the modes of their parameters: `in`, `out`, `inout`. */
  readonly procedures: readonly { readonly name: string; readonly modes: readonly string[] }[];
  /** The procedures that it calls. */
  readonly calls: readonly string[];
}

/** A section that was read, with the source that gets its problems. */
export interface ReadSection {
  readonly source: Source;
  readonly reading: Reading;
}

/** A statement as safety rules see it. */
export interface JudgedStatement {
  readonly place: Place;
  /** Offset of its first token in the file. */
  readonly offset: number;
  /** What it does, in the engine's own terms. */
  readonly actions: readonly unknown[];
}

/** What a grammar found in one section. Problems go into the source's collection. */
export interface Reading {
  readonly facts: ScriptFacts;
  readonly stepwise: boolean;
  /** What the safety rules of the engine look at, a statement each: only they know what it is. */
  readonly judged: readonly JudgedStatement[];
  readonly statementsChecksum: string;
  /** Relations and objects that the statements name: in any case. */
  readonly names: ReadonlySet<string>;
  /** What they name if a migration of the folder creates such a thing: functions, types, words in the bodies of functions. */
  readonly mentions: ReadonlySet<string>;
  readonly creates: ReadonlySet<string>;
  /** What the statements drop, rename or empty: in any case. */
  readonly drops: ReadonlySet<string>;
  /** One entry a statement. */
  readonly repeats: readonly Repeat[];
  /** First statement that must not be repeated. */
  readonly destructive: Destructive | null;
  /** MySQL: the databases that it names as a whole. */
  readonly databases?: readonly DatabaseUse[];
  readonly userVariables?: UserVariables;
  /** First statement that does nothing where its object exists. */
  readonly ifNotExists: Destructive | null;
  /** Functions called at the top: what they do is unknown where the folder makes them. */
  readonly calls: readonly { readonly name: string; readonly line: number }[];
}

/** Whether a second execution of a statement would leave the database as it is. */
export interface Repeat {
  /** A short checksum of its tokens, see `statementSum`. */
  readonly sum: string;
  readonly isRepeatable: boolean;
  /** Functions that it calls: where the folder makes one, it is not repeatable. */
  readonly calls: readonly string[];
}
