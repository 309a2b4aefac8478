import { awsCli } from '../../test/simulator/aws-cli.ts'
import { cluster } from './account.ts'
import type { Account } from './open-account.ts'
import type { Wait } from './run.ts'

/** Waits as a shell script does: one `aws ecs wait services-stable` for each service. */
export async function withAwsCli(): Promise<(account: Account) => Wait> {
  return ({ url }) => {
    const aws = awsCli(url)
    return async ({ service }) => {
      await (
        await aws
      )(`ecs wait services-stable --cluster ${cluster} --services ${service}`)
    }
  }
}
