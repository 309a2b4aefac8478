import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import type { LocalEngine } from './engine.ts'

/**
 * Removes all images of one registry from an engine, by name and not by id: another registry may have
 * the same image.
 *
 * @param host with its port: `127.0.0.1:4567`
 */
export async function removeImages(
  engine: Pick<LocalEngine, 'dockerHost' | 'dockerPath'>,
  host: string,
): Promise<void> {
  const config = await mkdtemp(path.join(tmpdir(), 'slipway-docker-'))
  const docker = async (args: readonly string[]) => {
    const env = { DOCKER_HOST: engine.dockerHost, DOCKER_CONFIG: config }
    return (await execa(engine.dockerPath, args, { env, stdin: 'ignore' })).stdout
  }
  try {
    const format = '{{.Repository}} {{.Tag}} {{.Digest}}'
    const listed = await docker(['image', 'ls', '--digests', '--format', format])
    const names = imagesOf(host, listed)
    if (names.length > 0) await docker(['image', 'rm', ...names])
  } finally {
    await rm(config, { recursive: true, force: true })
  }
}

/** From lines of repository, tag and digest; an image that was pulled by digest has no tag. */
export function imagesOf(host: string, listed: string): readonly string[] {
  const names = listed.split('\n').flatMap((line) => {
    const [repository = '', tag, digest] = line.split(' ')
    if (!repository.startsWith(`${host}/`)) return []
    return [tag === '<none>' ? `${repository}@${digest}` : `${repository}:${tag}`]
  })
  return [...new Set(names)]
}
