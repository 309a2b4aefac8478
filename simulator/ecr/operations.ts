import type { Operations } from '../http/types.ts'
import { type EcrContext, registryOf } from './context.ts'
import { imageOperations } from './image-operations.ts'
import { repositoryOperations } from './repository-operations.ts'

/** Amazon ECR, API version 2015-09-21, as far as deploying needs it. */
export function ecrOperations(context: EcrContext): Operations {
  return {
    ...repositoryOperations(context),
    ...imageOperations(context),
    GetAuthorizationToken(call) {
      const { password, expiresAt } = context.tokens.issue(call.region)
      return {
        authorizationData: [
          {
            authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
            expiresAt,
            proxyEndpoint: context.proxyEndpointOf(registryOf(context, call)),
          },
        ],
      }
    },
  }
}
