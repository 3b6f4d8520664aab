/**
 * Stands in the bundle for `@smithy/core/event-streams`, which the SDK's clients load for operations that stream: none of those we send does,
 * and it is a twentieth of all bytes.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error('No operation of this function streams');
  }
}

export function eventStreamSerdeProvider(): never {
  throw new Error('No operation of this function streams');
}
