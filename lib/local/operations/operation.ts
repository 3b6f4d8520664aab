import type { Service } from '../service.ts';
import type { Body, Target } from '../validations/request.ts';
import type { OperationName } from './operation-name.ts';

/** One operation of the service. */
export interface Operation {
  readonly name: OperationName;
  /** A request that is valid. Throws a `ServiceError`. */
  accept(body: Body): {
    readonly target: Target;
    /** The JSON text of the answer. Throws a `ServiceError`. */
    answer(service: Service): Promise<string>;
  };
}

export function operation<Request extends Target>(definition: {
  readonly name: OperationName;
  validate(body: Body): Request;
  answer(service: Service, request: Request): Promise<string>;
}): Operation {
  return {
    name: definition.name,
    accept: body => {
      const request = definition.validate(body);
      return { target: request, answer: service => definition.answer(service, request) };
    },
  };
}
