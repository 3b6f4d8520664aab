import type { EngineName } from '../../../core/manifest.ts';
import type { Rule } from '../rule.ts';
import type { NamesState, NamingAction } from '../state.ts';

/** What the rules that both engines share ask: what there is under a name, and what the migration has done to it. */
export interface NamesContext {
  readonly schema: {
    readonly tables: ReadonlyMap<string, { readonly temporary: boolean }>;
    readonly views: { has(name: string): boolean };
  };
  readonly migration: Pick<
    NamesState<Pick<NamesContext['schema'], 'tables'>>,
    'isLive' | 'isFilled' | 'hasMade' | 'makesAgain' | 'isReplaced' | 'swapsColumn'
  >;
}

/** A rule that both engines share. */
export type NamesRule<Engine extends EngineName> = Rule<NamingAction, NamesContext> & { readonly engine: Engine };
