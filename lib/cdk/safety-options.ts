/** What becomes of a safety rule's findings at synth: warnings, errors, or nothing. */
export type SafetyLevel = 'warn' | 'fail' | 'off';

/** The option `safety` in its long form. */
export interface SafetyOptions {
  /**
   * The level of all rules that `rules` does not name. With `fail` a danger is an error of synth, a caution stays a warning.
   * @default 'warn'
   */
  readonly level?: SafetyLevel;

  /**
   * The level of single rules, by their ids (docs/safety.md lists them). A rule that is named with `fail` fails on its cautions too.
   * @default none
   */
  readonly rules?: Readonly<Record<string, SafetyLevel>>;

  /**
   * The version from which on migrations are judged: older ones are applied everywhere already, which synth cannot know.
   * @default all are judged
   */
  readonly since?: string;
}
