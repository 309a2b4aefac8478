import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { CreateRepositoryCommand, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { execa } from 'execa'
import { helloBaseImage } from '../../local/engine/base-image.ts'
import { makeLoginFolder } from '../../local/engine/login-folder.ts'
import type { LocalStack } from './local-stack.ts'

/** A base image in its own repository, whose tag moves from version to version. */
export interface OwnBaseImage {
  /** With its tag, as a Dockerfile names it. */
  readonly reference: string
  /** Moves the tag to a version in the registry only: the engine keeps its copy. */
  readonly push: (version: string) => Promise<void>
  /** The version that an image was made from. */
  readonly versionIn: (image: string) => Promise<string>
}

const label = 'slipway.test.base'

/** Creates the base image of a team that patches one image for all its services. */
export async function openBaseImage(
  stack: LocalStack,
  repositoryName: string,
): Promise<OwnBaseImage> {
  const { ecr } = stack.aws
  const made = await ecr.send(new CreateRepositoryCommand({ repositoryName }))
  const uri = made.repository?.repositoryUri ?? ''
  const [host = ''] = uri.split('/')
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString()
  const { dockerHost, dockerPath, buildKit } = stack.engine
  const env = {
    DOCKER_HOST: dockerHost,
    DOCKER_BUILDKIT: buildKit ? '1' : '0',
    DOCKER_CONFIG: await makeLoginFolder(await mkdtemp(path.join(stack.folder, 'base-')), host),
  }
  const docker = async (args: readonly string[], input = '') =>
    (await execa(dockerPath, args, { env, input })).stdout
  await docker(['login', '--username=AWS', '--password-stdin', host], token.slice('AWS:'.length))
  const reference = `${uri}:1`
  return {
    reference,
    async push(version) {
      const mine = `${uri}:1-${version}`
      const file = `FROM ${helloBaseImage}\nLABEL ${label}=${version}\n`
      await docker(['build', '--quiet', `--tag=${mine}`, '-'], file)
      const before = await docker(['image', 'inspect', '--format={{.Id}}', reference]).catch(
        () => mine,
      )
      await docker(['tag', mine, reference])
      await docker(['push', '--quiet', reference])
      await docker(['tag', before, reference])
    },
    versionIn: (image) =>
      docker(['image', 'inspect', `--format={{ index .Config.Labels "${label}" }}`, image]),
  }
}
