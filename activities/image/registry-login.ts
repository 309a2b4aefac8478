import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import type { AwsClients } from '../aws/clients.ts'
import { succeeded } from '../process/run.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { ecrTarget } from './ecr.ts'
import { loginsInEnvironment, temporaryDockerConfig, type LoginTarget } from './docker-config.ts'
import { runEngine, type ContainerEngine } from './engine.ts'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Runs `work` while logged in to an ECR registry. The token goes through standard input into a
 * temporary `DOCKER_CONFIG`, which only this user can read and which is removed afterwards. It is
 * never an argument, a log line or part of a failure, and the user's own logins stay untouched.
 *
 * `work` gets the variables to run the engine's client with.
 *
 * Fails as `CredentialsInvalid` if the registry rejects the login.
 */
export async function withRegistryLogin<Result>(
  clients: AwsClients,
  target: LoginTarget,
  work: (variables: Variables, secrets: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const { engine, registry, repository } = target
  const password = await registryPassword(clients, repository)
  const folder = await temporaryDockerConfig(target)
  try {
    const variables = {
      DOCKER_CONFIG: folder,
      DOCKER_AUTH_CONFIG: loginsInEnvironment(target),
      REGISTRY_AUTH_FILE: join(folder, 'auth.json'),
    }
    const login = await runEngine(
      engine.command,
      [
        'login',
        '--username',
        'AWS',
        '--password-stdin',
        ...insecureFlags(engine, registry),
        registry,
      ],
      { variables, input: password, secrets: [password] },
    )
    if (!succeeded(login)) {
      const output = login.tail.join('\n')
      if (/unauthorized|denied|40[13]/i.test(output)) {
        throw failure(
          'CredentialsInvalid',
          `Registry ${registry} rejects the login of the worker's AWS credentials. Check them on the builder with "aws ecr get-login-password", and try again. ${engine.command} says:\n${output}`,
        )
      }
      throw unavailable(`Logging in to registry ${registry} failed:\n${output}`)
    }
    return await work(variables, [password])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Docker allows a loopback registry without TLS by default; Podman needs a flag for it. */
export function insecureFlags({ kind }: ContainerEngine, registry: string): string[] {
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(registry)
  return kind === 'podman' && loopback ? ['--tls-verify=false'] : []
}

/**
 * ECR's token is `AWS:<password>` in base64. It is valid for the registries of its region that the
 * caller may access, of any account ("Private registry authentication" in the ECR user guide).
 */
async function registryPassword(clients: AwsClients, repository: string): Promise<string> {
  const answer = await ecrTarget(clients, repository).ecr.send(new GetAuthorizationTokenCommand({}))
  const token = answer.authorizationData?.[0]?.authorizationToken ?? ''
  const [, password] = /^[^:]+:(.+)$/s.exec(Buffer.from(token, 'base64').toString('utf8')) ?? []
  if (password === undefined) throw unavailable('ECR returned no token for its registry.')
  return password
}
