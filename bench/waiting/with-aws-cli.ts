import { awsCli } from '../../simulator/test/aws-cli.ts'
import { cluster } from './cluster.ts'
import type { Accounts } from './open-account.ts'
import type { Wait } from './run.ts'

/** Waits as a shell script does: one `aws ecs wait services-stable` for each service. */
export async function withAwsCli({ urls }: Accounts): Promise<Wait> {
  const clis = await Promise.all(urls.map((url) => awsCli(url)))
  return async ({ account, service }) => {
    await clis[account]?.(`ecs wait services-stable --cluster ${cluster} --services ${service}`)
  }
}
