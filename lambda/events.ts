import type { Attributes, Properties } from './contract.ts';

/** What CDK's provider framework hands on of a CloudFormation request. */
export interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** ARN of the stack. */
  readonly StackId: string;
  /** Unique per request; the same when it is delivered twice. */
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Partial<Properties>;
}

/**
 * What onEvent hands on to isComplete, which gets it with every poll: the framework puts the keys of onEvent's answer into the event. It
 * cannot be changed afterwards; how far the work has come is only in the database.
 */
export interface Ticket {
  /** `plan`: onEvent could not ask the database yet, so isComplete plans too; `done`: nothing is left for isComplete. */
  readonly Work: 'plan' | 'migrate' | 'revert' | 'done';
  /** Milliseconds since 1970: when the first onEvent of this request began. */
  readonly StartedAt: number;
  /** CloudFormation could not be asked whether the stack rolls back, for this reason: what was changed is left as it is. */
  readonly NotAsked?: string;
  /** Milliseconds since 1970: when onEvent was refused what may be allowed any moment. */
  readonly RefusedAt?: number;
}

export interface OnEventAnswer extends Ticket {
  readonly PhysicalResourceId: string;
  readonly Data?: Attributes;
}

export type IsCompleteEvent = ResourceEvent & Ticket;

export type IsCompleteAnswer =
  | { readonly IsComplete: false }
  | { readonly IsComplete: true; readonly Data?: Attributes };

/** What Lambda tells of an invocation, as far as it is looked at. */
export interface Invocation {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

export function isResourceEvent(event: unknown): event is ResourceEvent {
  return isObject(event) && typeof event.RequestType === 'string' && typeof event.RequestId === 'string';
}

export function isTicket(event: ResourceEvent): event is IsCompleteEvent {
  return 'Work' in event && 'StartedAt' in event;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name of the deploy hook, unique among all that may share a database. */
export function hookOf({ StackId, LogicalResourceId }: ResourceEvent): string {
  return `${StackId}/${LogicalResourceId}`;
}
