import type { SchemaReader } from '../../lib/core/schema.ts';
import type { WriteOptions } from '../../lib/runner/index.ts';
import type { Environment } from '../environment.ts';
import type { Fields } from './fields.ts';

/** What an action works with. */
export type ActionOptions = WriteOptions & { readonly schema: SchemaReader; readonly environment: Environment };

/** One thing that the function does by hand: its fields besides `action`, and the work, whose value is the answer. */
export interface ActionOf<F extends Fields = Fields> {
  readonly fields: F;
  run(options: ActionOptions, values: Values<F>): Promise<unknown>;
}

type Value<K> = K extends 'number'
  ? number
  : K extends 'flag'
    ? boolean
    : K extends 'texts'
      ? readonly string[]
      : K extends readonly (infer T)[]
        ? T
        : string;

export type Values<F extends Fields> = {
  readonly [name in keyof F]: F[name] extends { readonly needed: true }
    ? Value<F[name]['kind']>
    : Value<F[name]['kind']> | undefined;
};

/** Keeps the kinds of the fields for `run`. */
export function action<const F extends Fields>(of: ActionOf<F>): ActionOf {
  return of as unknown as ActionOf;
}
