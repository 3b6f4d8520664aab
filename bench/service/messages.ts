import type { Target } from '../target.ts';

/** Said by the process of the service when it can be used. */
export interface Ready {
  /** Of the server behind it, as a user who may do everything. */
  readonly serverUrl: string;
  /** Each call takes the latency longer. */
  readonly far: Target;
  /** As fast as it is. */
  readonly near: Target;
}

export interface Question {
  readonly id: number;
  /** `calls`: how many arrived since this was last asked. */
  readonly ask: 'calls' | 'stop';
}

export interface Answer {
  readonly id: number;
  readonly calls: number;
}
