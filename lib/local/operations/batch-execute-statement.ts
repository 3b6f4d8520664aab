import { validateBatchExecuteStatement } from '../validations/batch-execute-statement.ts';
import { onBackend } from './execute-statement.ts';
import { operation } from './operation.ts';

/**
 * `POST /BatchExecute`: as often as there are parameter sets, so without one not at all
 * (https://github.com/aws/aws-sdk-js/issues/2775). Outside of a transaction each set commits by itself.
 */
export const batchExecuteStatement = operation({
  name: 'BatchExecuteStatement',
  validate: validateBatchExecuteStatement,
  answer: async (service, request) => {
    await onBackend(service, { ...request, continueAfterTimeout: false }, async backend => {
      for (const parameters of request.parameterSets) {
        await backend.run({
          sql: request.sql,
          parameters,
          metadata: false,
          longReturnType: 'LONG',
          decimalReturnType: 'STRING',
          format: 'NONE',
          limit: 1024 * 1024,
        });
      }
    });
    return JSON.stringify({ updateResults: request.parameterSets.map(() => ({ generatedFields: [] })) });
  },
});
