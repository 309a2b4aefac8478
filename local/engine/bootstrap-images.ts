import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { GetAuthorizationTokenCommand, type ECRClient } from '@aws-sdk/client-ecr'
import { execa } from 'execa'
import type { LocalEngine } from './engine.ts'
import { makeLoginFolder } from './login-folder.ts'
import { copyHello, writeVersion } from '../stack/hello.ts'

/**
 * Builds version `v0` of the example and pushes it as `<image>-<tag>`: what the services run
 * before the first release. Returns the reference of each image, by its name.
 *
 * @param repositoryUri from ECR
 */
export async function pushBootstrapImages(
  ecr: ECRClient,
  engine: Pick<LocalEngine, 'dockerHost' | 'dockerPath' | 'buildKit'>,
  repositoryUri: string,
  names: readonly string[],
  tag = 'bootstrap',
): Promise<Readonly<Record<string, string>>> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'slipway-bootstrap-'))
  const [host = ''] = repositoryUri.split('/')
  const login = path.join(scratch, 'config')
  const docker = (args: readonly string[], input?: string) =>
    execa(engine.dockerPath, args, {
      env: {
        DOCKER_HOST: engine.dockerHost,
        DOCKER_BUILDKIT: engine.buildKit ? '1' : '0',
        // Logins stay in a folder that is removed afterwards.
        DOCKER_CONFIG: login,
      },
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
    })
  try {
    const source = path.join(scratch, 'hello')
    await copyHello(source)
    await writeVersion(source, 'v0', 'ok')
    await makeLoginFolder(login, host)
    const { username, password } = await loginOf(ecr)
    await docker(['login', '--username', username, '--password-stdin', host], password)
    const references: Record<string, string> = {}
    for (const name of names) {
      const reference = `${repositoryUri}:${name}-${tag}`
      await docker(['build', '--quiet', '--target', name, '--tag', reference, source])
      await docker(['push', '--quiet', reference])
      references[name] = reference
    }
    return references
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function loginOf(ecr: ECRClient): Promise<{ username: string; password: string }> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const token = authorizationData?.[0]?.authorizationToken ?? ''
  const [username = '', password = ''] = Buffer.from(token, 'base64').toString().split(':')
  return { username, password }
}
